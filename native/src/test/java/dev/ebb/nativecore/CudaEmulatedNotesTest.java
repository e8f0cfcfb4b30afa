package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * What a backend has to tell who runs it is in the log: of loading, attaching and making room, and of a step. In a
 * process of its own, whose environment has the device refuse the third CUDA graph.
 */
@EnabledIfEnvironmentVariable(named = "EBB_NATIVE_LIBRARY", matches = ".*emulated.*",
    disabledReason = "make test-cuda builds the library with the emulator")
class CudaEmulatedNotesTest {

  @Test
  void theLogHasThePlanOfMemoryAndWhatTheDeviceRefused() throws Exception {
    List<String> log = ChildProcess.run(Child.class, Map.of("EBB_CUDA_GRAPHS", "on", "EBB_SIMT_REFUSE_GRAPHS", "2"));
    for (String told : List.of("GB/s", "decode steps of up to 64 sequences are CUDA graphs",
        "EBB_KV_TOKENS of up to", "launched plainly from now on")) {
      assertEquals(1, log.stream().filter(line -> line.contains(told)).count(), told + ": " + log);
    }
    assertTrue(log.stream().allMatch(line -> !line.contains("null")), log.toString());
  }

  /** Steps of one sequence, whose shape is captured, then of two, whose shape is refused. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      try (TinyModel model = new TinyModel(42);
          StepRunner runner = new StepRunner(Backends.named("cuda-emulated").open(1), model, 4)) {
        for (int step = 0; step < 4; step++) {
          StepRunner.Part one = new StepRunner.Part(new int[] {step}, step, new int[] {1});
          StepRunner.Part two = new StepRunner.Part(new int[] {step}, step, new int[] {0});
          if (step < 2) {
            runner.step(one);
          } else {
            runner.step(one, two);
          }
        }
      }
    }
  }
}

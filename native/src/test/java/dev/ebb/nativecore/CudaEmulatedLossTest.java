package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.backend.BackendException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * A device that is lost arrives in Java as what it is, whether while loading or while computing; what the engine and
 * the function make of it is theirs to test. Each in a process of its own, whose environment says when it is lost.
 */
@EnabledIfEnvironmentVariable(named = "EBB_NATIVE_LIBRARY", matches = ".*emulated.*",
    disabledReason = "make test-cuda builds the library with the emulator")
class CudaEmulatedLossTest {
  private static final String SAYS = "child: ";

  @Test
  void aDeviceLostWhileComputingIsTold() throws Exception {
    List<String> told = run("600");
    assertEquals(4, told.size(), told.toString());
    assertTrue(Integer.parseInt(told.get(1)) > 0, "it was to load and compute a while: " + told);
    assertEquals(List.of("DEVICE_LOST", "DEVICE_LOST", "closed"), List.of(told.get(0), told.get(2), told.get(3)));
  }

  @Test
  void aDeviceLostWhileLoadingIsTold() throws Exception {
    assertEquals(List.of("DEVICE_LOST"), run("20"));
  }

  /** What the child says, without its log. */
  private static List<String> run(String calls) throws IOException, InterruptedException {
    return ChildProcess.run(Child.class, Map.of("EBB_SIMT_LOSE_AFTER", calls)).stream()
        .filter(line -> line.startsWith(SAYS)).map(line -> line.substring(SAYS.length())).toList();
  }

  /** Computes steps until the device is lost, tries once more, and closes. */
  static final class Child {
    private Child() {}

    private static void say(Object what) {
      System.out.println(SAYS + what);
    }

    public static void main(String[] args) {
      try (TinyModel model = new TinyModel(42);
          StepRunner runner = new StepRunner(Backends.named("cuda-emulated").open(1), model, 4)) {
        int steps = 0;
        while (fine(runner, steps)) {
          steps++;
        }
        say(steps);
        fine(runner, steps);
      } catch (BackendException e) {
        say(e.reason());
        return;
      }
      say("closed");
    }

    private static boolean fine(StepRunner runner, int steps) {
      try {
        runner.step(new StepRunner.Part(new int[] {steps}, steps, new int[] {1, 0}));
        return true;
      } catch (BackendException e) {
        say(e.reason());
        return false;
      }
    }
  }
}

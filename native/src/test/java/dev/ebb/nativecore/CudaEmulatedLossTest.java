package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.backend.BackendException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * A device that is lost arrives in Java as what it is, whether while loading or while computing; what the engine and
 * the function make of it is theirs to test. Each in a process of its own, whose environment says when it is lost.
 */
@EnabledIfEnvironmentVariable(named = "EBB_NATIVE_LIBRARY", matches = ".*emulated.*",
    disabledReason = "make test-cuda builds the library with the emulator")
class CudaEmulatedLossTest {

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

  private static List<String> run(String calls) throws IOException, InterruptedException {
    ProcessBuilder child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), Child.class.getName());
    child.environment().put("EBB_SIMT_LOSE_AFTER", calls);
    Process process = child.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertEquals(0, process.waitFor(), told.toString());
    return told;
  }

  /** Computes steps until the device is lost, tries once more, and closes. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      try (TinyModel model = new TinyModel(42);
          StepRunner runner = new StepRunner(Backends.named("cuda-emulated").open(1), model, 4)) {
        int steps = 0;
        while (fine(runner, steps)) {
          steps++;
        }
        System.out.println(steps);
        fine(runner, steps);
      } catch (BackendException e) {
        System.out.println(e.reason());
        return;
      }
      System.out.println("closed");
    }

    private static boolean fine(StepRunner runner, int steps) {
      try {
        runner.step(new StepRunner.Part(new int[] {steps}, steps, new int[] {1, 0}));
        return true;
      } catch (BackendException e) {
        System.out.println(e.reason());
        return false;
      }
    }
  }
}

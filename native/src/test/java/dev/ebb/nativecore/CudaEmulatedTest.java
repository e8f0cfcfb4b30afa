package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.kv.KvLayout;
import dev.ebb.nativecore.StepRunner.Part;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The CUDA kernels through JNI, on the emulator or a device, whichever the library that is named has. */
@EnabledIfEnvironmentVariable(named = "EBB_NATIVE_LIBRARY", matches = ".*(emulated|gpu_check).*",
    disabledReason = "make test-cuda builds a library with the emulator, make gpu-check one with the device")
class CudaEmulatedTest {
  private static final int BLOCKS = 8;
  private static final int[] PROMPT = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6};
  private static final int[] TABLE = {5, 2};

  @Test
  void theForwardPassIsTheReferences() {
    try (TinyModel model = new TinyModel(42)) {
      List<float[]> expected = run("reference", model, PROMPT.length);
      for (int chunk : new int[] {PROMPT.length, 1}) {
        assertTrue(error(run(Backends.cuda(), model, chunk), expected) <= 3e-3, "chunks of " + chunk);
      }
    }
  }

  /** Of int8 a code may be the next one, since what is rounded to it was rounded to F16 before. */
  @Test
  void int8KeysAndValuesAreTheReferences() {
    try (TinyModel model = new TinyModel(42)) {
      List<float[]> expected = run("reference", KvLayout.Type.I8, model, PROMPT.length);
      for (int chunk : new int[] {PROMPT.length, 1}) {
        double error = error(run(Backends.cuda(), KvLayout.Type.I8, model, chunk), expected);
        assertTrue(error > 0 && error <= 8e-3, "chunks of " + chunk + ": " + error);
      }
    }
  }

  @Test
  void aTokenIsTheSameAloneBatchedAndChunked() {
    try (TinyModel model = new TinyModel(42);
        StepRunner runner = new StepRunner(Backends.named(Backends.cuda()).open(1), model, BLOCKS)) {
      List<float[]> whole = runner.run(PROMPT, PROMPT.length, TABLE);
      List<float[]> batched = runner.step(new Part(new int[] {7, 7}, 0, new int[] {0}), new Part(PROMPT, 0, TABLE));
      List<float[]> chunked = runner.run(PROMPT, 5, TABLE);
      for (int i = 0; i < PROMPT.length; i++) {
        assertArrayEquals(whole.get(i), batched.get(2 + i), "batched, token " + i);
        assertArrayEquals(whole.get(i), chunked.get(i), "chunked, token " + i);
      }
    }
  }

  private static List<float[]> run(String backend, TinyModel model, int chunk) {
    return run(backend, Backends.named(backend).kvTypes().getFirst(), model, chunk);
  }

  private static List<float[]> run(String backend, KvLayout.Type kvType, TinyModel model, int chunk) {
    try (StepRunner runner = new StepRunner(Backends.named(backend).open(1, kvType), model, BLOCKS)) {
      return runner.run(PROMPT, chunk, TABLE);
    }
  }

  /** Relative L2 distance over all rows. */
  private static double error(List<float[]> rows, List<float[]> expected) {
    assertEquals(expected.size(), rows.size());
    double difference = 0;
    double norm = 0;
    for (int r = 0; r < rows.size(); r++) {
      for (int i = 0; i < rows.get(r).length; i++) {
        difference += Math.pow(rows.get(r)[i] - expected.get(r)[i], 2);
        norm += Math.pow(expected.get(r)[i], 2);
      }
    }
    return Math.sqrt(difference / norm);
  }
}

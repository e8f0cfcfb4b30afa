package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BackendException.Reason;
import dev.ebb.engine.backend.BackendProvider.Availability;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.nativecore.StepRunner.Part;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The way through JNI: statuses become typed exceptions, and a handle lives and dies as it should. */
class NativeBackendTest {

  @Test
  void referenceIsAlwaysAvailable() {
    Availability availability = new ReferenceBackendProvider().availability();
    assertTrue(availability.available(), availability.description());
    assertTrue(availability.description().contains("reference"), availability.description());
  }

  @Test
  void anUnknownBackendIsUnavailableAndNamed() {
    NativeBackendProvider nothing = new NativeBackendProvider("quantum", KvLayout.Type.F32) {};
    Availability availability = nothing.availability();
    assertEquals(false, availability.available());
    assertTrue(availability.description().contains("'quantum'"), availability.description());
    assertTrue(availability.description().contains("reference"), availability.description());
    assertReason(Reason.UNSUPPORTED, "quantum", () -> nothing.open(1));
  }

  @Test
  void badArgumentsAreRefusedInWords() {
    assertReason(Reason.INVALID_ARGUMENT, "threads", () -> reference(0));
    try (TinyModel model = new TinyModel(1);
        StepRunner runner = new StepRunner(reference(1), model, 2)) {
      int[] unknown = {TinyModel.VOCABULARY};
      int[] one = {1};
      assertReason(
          Reason.INVALID_ARGUMENT, "token_ids[0] is 128", () -> runner.run(unknown, 1, 0));
      assertReason(Reason.INVALID_ARGUMENT, "block_table[0] is 2", () -> runner.run(one, 1, 2));
      assertEquals(1, runner.run(one, 1, 0).size(), "the backend works on after a refusal");
    }
  }

  @Test
  void aTypeOfKeysAndValuesThatABackendLacksIsRefused() {
    assertEquals(KvLayout.Type.F16, new ReferenceBackendProvider().open(1, KvLayout.Type.F16).kvType());
    assertEquals(KvLayout.Type.F32, reference(1).kvType(), "unless told otherwise");
    assertReason(Reason.UNSUPPORTED, "cpu keeps keys and values as [F16, F32], not as I8",
        () -> new CpuBackendProvider().open(1, KvLayout.Type.I8));
  }

  @Test
  void memoryIsCheckedBeforeItIsHanded() {
    try (TinyModel model = new TinyModel(1);
        Arena arena = Arena.ofConfined();
        Backend backend = reference(1)) {
      KvLayout layout = KvLayout.of(model.config(), backend.kvType());
      MemorySegment small = arena.allocate(layout.blockBytes(), 64);
      assertReason(
          Reason.INVALID_ARGUMENT, "load a model before", () -> backend.attach(small, 1, StepRunner.LIMITS));
      backend.load(model, layout);
      assertReason(Reason.INVALID_ARGUMENT, "2 KV blocks", () -> backend.attach(small, 2, StepRunner.LIMITS));
      assertReason(
          Reason.INVALID_ARGUMENT,
          "heap",
          () -> backend.attach(MemorySegment.ofArray(new byte[64]), 1, StepRunner.LIMITS));
    }
  }

  @Test
  void copiedBlocksContinueASequence() {
    int[] prompt = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2};
    try (TinyModel model = new TinyModel(5)) {
      Backend backend = reference(1);
      try (StepRunner runner = new StepRunner(backend, model, 8)) {
        float[] expected = runner.run(prompt, 16, 0, 1).getLast();
        backend.copyBlocks(new int[] {0, 0}, new int[] {6, 7});
        Part last = new Part(new int[] {prompt[16]}, 16, new int[] {7, 3});
        assertArrayEquals(expected, runner.step(last).getFirst());
        assertReason(
            Reason.INVALID_ARGUMENT,
            "block 8",
            () -> backend.copyBlocks(new int[] {0}, new int[] {8}));
        assertReason(
            Reason.INVALID_ARGUMENT, "as many", () -> backend.copyBlocks(new int[2], new int[1]));
      }
    }
  }

  @Test
  void closingTwiceIsHarmlessAndUseAfterwardsIsRefused() {
    Backend backend = reference(2);
    backend.close();
    backend.close();
    assertReason(
        Reason.INVALID_ARGUMENT, "closed", () -> backend.copyBlocks(new int[0], new int[0]));
  }

  private static Backend reference(int threads) {
    return new ReferenceBackendProvider().open(threads);
  }

  private static void assertReason(Reason reason, String part, Executable call) {
    BackendException e = assertThrows(BackendException.class, call);
    assertEquals(reason, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}

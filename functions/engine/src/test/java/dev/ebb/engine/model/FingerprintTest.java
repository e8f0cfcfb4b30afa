package dev.ebb.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Models of one shape, which only the samples of their data can tell apart. */
class FingerprintTest {
  /** As Llama 3 8B has; nine in each layer, so that a stride can fall on one role alone. */
  private static final int TENSORS = 291;

  private static final int BYTES = 4099;

  private final List<byte[]> data = new ArrayList<>();

  FingerprintTest() {
    Random random = new Random(3);
    for (int i = 0; i < TENSORS; i++) {
      byte[] bytes = new byte[i % 9 == 0 ? 64 : BYTES];
      random.nextBytes(bytes);
      data.add(bytes);
    }
  }

  @Test
  void oneByteAtTheStartMiddleOrEndOfAnyTensorTellsModelsApart() {
    String first = fingerprint();
    assertEquals(first, fingerprint());
    Set<String> seen = new HashSet<>(Set.of(first));
    for (int i = 0; i < TENSORS; i++) {
      byte[] bytes = data.get(i);
      for (int at : new int[] {0, bytes.length / 2, bytes.length - 1}) {
        bytes[at] ^= 1;
        assertTrue(seen.add(fingerprint()), "byte " + at + " of tensor " + i);
        bytes[at] ^= 1;
      }
    }
  }

  @Test
  void oneByteAnywhereInAShortTensorTellsModelsApart() {
    byte[] bytes = new byte[768];
    Set<String> seen = new HashSet<>();
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] = 1;
      Fingerprint fingerprint = new Fingerprint();
      fingerprint.addSample(MemorySegment.ofArray(bytes));
      assertTrue(seen.add(fingerprint.hex()), "byte " + at);
      bytes[at] = 0;
    }
  }

  private String fingerprint() {
    Fingerprint fingerprint = new Fingerprint();
    fingerprint.addLength(1 << 20);
    data.forEach(bytes -> fingerprint.addSample(MemorySegment.ofArray(bytes)));
    return fingerprint.hex();
  }
}

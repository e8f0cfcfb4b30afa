package dev.ebb.engine.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.ebb.engine.kv.KvLayout.Type;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KvLayoutTest {

  @Test
  void aBlockHoldsElementsAndOfInt8AScaleForEachTokenAndHead() {
    assertEquals(3 * 2 * 2 * 16 * 64 * 4, layout(Type.F32).blockBytes());
    assertEquals(3 * 2 * 2 * 16 * 64 * 2, layout(Type.F16).blockBytes());
    assertEquals(3 * 2 * 2 * 16 * (64 + 2), layout(Type.I8).blockBytes());
    assertEquals(1L << 40, new KvLayout(1 << 10, 1 << 10, 1 << 12, 32, Type.F32).blockBytes(), "in 64 bits");
  }

  @Test
  void typesAreTold() {
    assertNotEquals(layout(Type.F16).fingerprint(), layout(Type.I8).fingerprint());
    for (Type type : Type.values()) {
      assertEquals(Optional.of(type), Type.of(type.key()));
    }
    assertEquals(Optional.empty(), Type.of("int4"));
    assertEquals("i8", Type.I8.key());
  }

  private static KvLayout layout(Type type) {
    return new KvLayout(3, 2, 64, 16, type);
  }
}

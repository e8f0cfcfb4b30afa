package dev.ebb.engine.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PhiloxTest {
  /** The known answers of the authors' library Random123 for philox4x32, 10 rounds. */
  @Test
  void knownAnswers() {
    assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        Philox.block(new int[] {0, 0, 0, 0}, 0, 0));
    assertArrayEquals(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        Philox.block(new int[] {-1, -1, -1, -1}, -1, -1));
    assertArrayEquals(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        Philox.block(new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0));
  }

  @Test
  void everyKeyPartCounts() {
    double base = Philox.uniform(1, 0, 0);
    assertEquals(base, Philox.uniform(1, 0, 0));
    assertNotEquals(base, Philox.uniform(2, 0, 0));
    assertNotEquals(base, Philox.uniform(1L << 32 | 1, 0, 0));
    assertNotEquals(base, Philox.uniform(1, 1, 0));
    assertNotEquals(base, Philox.uniform(1, 0, 1));
  }

  @Test
  void numbersAreUniform() {
    int[] bins = new int[20];
    int draws = 100_000;
    for (int i = 0; i < draws; i++) {
      bins[(int) (Philox.uniform(42, 0, i) * bins.length)]++;
    }
    double chiSquare = 0;
    double expected = draws / (double) bins.length;
    for (int bin : bins) {
      chiSquare += (bin - expected) * (bin - expected) / expected;
    }
    // 19 degrees of freedom: above 43.8 once in a thousand; the seed is fixed.
    assertTrue(chiSquare < 43.8, "chi-square " + chiSquare);
  }
}

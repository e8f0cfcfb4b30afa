package dev.ebb.cli.term;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SizesTest {

  @Test
  void bytesAsPeopleReadThem() {
    assertEquals("0 B", Sizes.bytes(0));
    assertEquals("999 B", Sizes.bytes(999));
    assertEquals("1.0 kB", Sizes.bytes(999.6));
    assertEquals("98.4 MB", Sizes.bytes(98_362_432));
    assertEquals("639 MB", Sizes.bytes(639_446_688));
    assertEquals("1.0 GB", Sizes.bytes(999_999_999));
    assertEquals("5000 TB", Sizes.bytes(5e15));
  }

  @Test
  void seconds() {
    assertEquals("59s", Sizes.seconds(59));
    assertEquals("1m05s", Sizes.seconds(65));
    assertEquals("2h03m", Sizes.seconds(2 * 3600 + 3 * 60 + 5));
  }
}

package dev.ebb.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void knativeResolvesNoTagOfTheUsualName() {
    Options options = Options.of();
    assertEquals("dev.local/ebb-router:" + options.version(), options.reference("router"));
    assertTrue(options.version().matches("\\d+\\.\\d+\\.\\d+.*"), options.version());
  }

  @Test
  void prefixTagAndFoldersAreGiven() {
    Options options = Options.of("--prefix=registry.example.com/ebb/", "--tag=7", "--root=/r", "--out=/o");
    assertEquals("registry.example.com/ebb/ebb-decode:7", options.reference("decode"));
    assertEquals(Path.of("/o"), options.out());
    assertEquals(Path.of("/r/images/target/work"), options.work());
  }

  @Test
  void timesMayHaveAnOffset() {
    assertEquals("2026-01-31T10:00:00Z", Options.of("--created=2026-01-31T12:00:00+02:00").created().toString());
  }

  @Test
  void whatCannotStandIsNamed() {
    for (String wrong : List.of("--tga=1", "tag=1", "--tag", "--only=router,nobody", "--created=yesterday")) {
      String message = assertThrows(IllegalArgumentException.class, () -> Options.of(wrong)).getMessage();
      assertTrue(message.contains(wrong) || message.contains("nobody"), message);
    }
  }
}

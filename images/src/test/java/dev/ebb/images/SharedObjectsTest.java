package dev.ebb.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedObjectsTest {
  @Test
  void loaderAndLibrariesAreFoundAndTheKernelsOwnIsNot() throws IOException {
    String text = """
        \tlinux-vdso.so.1 (0x00007f86dac6d000)
        \tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f86daab4000)
        \t/lib64/ld-linux-x86-64.so.2 (0x00007f86dac6f000)
        """;
    assertEquals(List.of("/lib/x86_64-linux-gnu/libm.so.6", "/lib64/ld-linux-x86-64.so.2"),
        SharedObjects.found(text, Path.of("x")).toList());
  }

  @Test
  void aMissingOneIsNamedWithWhoNeedsIt() {
    String message = assertThrows(IOException.class,
        () -> SharedObjects.found("\tlibodd.so.3 => not found\n", Path.of("/opt/x.so"))).getMessage();
    assertTrue(message.contains("libodd.so.3") && message.contains("/opt/x.so"), message);
  }
}

package dev.ebb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EbbHomeTest {

  @Test
  void everythingLiesUnderEbbHome() {
    EbbHome home = EbbHome.of(Map.of("EBB_HOME", "/srv/ebb", "XDG_CACHE_HOME", "/elsewhere"));
    assertEquals(Path.of("/srv/ebb/models"), home.models());
    assertEquals(Path.of("/srv/ebb/run/8081"), home.runDir(8081));
  }

  @Test
  void withoutItTheXdgFoldersAreUsed() {
    EbbHome home = EbbHome.of(Map.of("HOME", "/home/a", "XDG_CACHE_HOME", "/cache", "XDG_DATA_HOME", "/data"));
    assertEquals(Path.of("/cache/ebb/models"), home.models());
    assertEquals(Path.of("/data/ebb/run/1"), home.runDir(1));
  }

  @Test
  void andWithoutThoseTheirDefaults() {
    // A relative path is no XDG folder by the specification.
    EbbHome home = EbbHome.of(Map.of("HOME", "/home/a", "EBB_HOME", "", "XDG_CACHE_HOME", "relative"));
    assertEquals(Path.of("/home/a/.cache/ebb/models"), home.models());
    assertEquals(Path.of("/home/a/.local/share/ebb/run/1"), home.runDir(1));
  }
}

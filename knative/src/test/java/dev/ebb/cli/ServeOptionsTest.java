package dev.ebb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ServeOptionsTest {

  @Test
  void aBackendThatCannotRunIsToldBeforeAnythingStarts() {
    LackingBackend cuda = new LackingBackend("cuda", "cuda: no device: NVIDIA's driver is missing");
    assertEquals("--backend cuda cannot run here: cuda: no device: NVIDIA's driver is missing",
        assertThrows(CliException.class, () -> ServeOptions.needAvailable("--backend ", cuda)).getMessage());
  }
}

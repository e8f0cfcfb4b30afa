package dev.ebb.it.badinput;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.SharedEbb;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedEbb.class)
class PortInUseTest {

  @Test
  void secondInstanceSaysWhichPortAndWhatToDo(EbbInstance ebb) {
    Map<String, String> samePort = Map.of("EBB_PORT", Integer.toString(ebb.port()));
    IllegalStateException ended =
        assertThrows(IllegalStateException.class, () -> EbbInstance.start("second", samePort).close());
    assertTrue(ended.getMessage().contains(":" + ebb.port()), ended::getMessage);
    assertTrue(ended.getMessage().contains("EBB_PORT"), ended::getMessage);
    Aftermath.verify(ebb);
  }

  @Test
  void twoInstancesRunSideBySide(EbbInstance ebb) {
    try (EbbInstance other = EbbInstance.start("other", Map.of())) {
      Aftermath.verify(other);
      Aftermath.verify(ebb);
    }
  }
}

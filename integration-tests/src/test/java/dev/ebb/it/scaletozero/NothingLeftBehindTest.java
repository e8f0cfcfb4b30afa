package dev.ebb.it.scaletozero;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.EbbProcess;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NothingLeftBehindTest {

  @Test
  void sigtermEndsEveryProcess() {
    try (EbbInstance ebb = awake("terminate")) {
      ebb.terminate();
      ebb.awaitGone();
    }
  }

  @Test
  void ctrlCEndsEveryProcess() throws Exception {
    try (EbbInstance ebb = awake("interrupt")) {
      ebb.interrupt();
      ebb.awaitGone();
    }
  }

  @Test
  void sigtermWhileAnAnswerStreamsEndsEveryProcess() {
    try (EbbInstance ebb = awake("busy")) {
      Requests.atOnce(4, i -> Requests.send(ebb.api(), Requests.longPrompt(i, 2000)));
      ebb.terminate();
      ebb.awaitGone();
    }
  }

  @Test
  void functionsOfAKilledRouterEndByThemselves() {
    try (EbbInstance ebb = awake("orphan")) {
      List<EbbProcess> functions = ebb.functions();
      ebb.router().kill();
      ebb.awaitGone();
      assertTrue(functions.stream().noneMatch(EbbProcess::alive));
    }
  }

  /** An instance with both functions awake. */
  private static EbbInstance awake(String name) {
    EbbInstance ebb = EbbInstance.start(name, Map.of("EBB_IDLE_SECONDS", "600"));
    Requests.send(ebb.api(), Requests.longPrompt(1, 2)).ok();
    assertEquals(2, ebb.functions().size());
    return ebb;
  }
}

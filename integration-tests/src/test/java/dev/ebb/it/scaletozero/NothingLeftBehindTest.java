package dev.ebb.it.scaletozero;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.EbbProcess;
import java.time.Duration;
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

  /** Whoever passes requests on learns from readiness and from the closed connections that it goes. */
  @Test
  void aRouterThatLeavesAnswersUntilItDrains() {
    try (EbbInstance ebb = EbbInstance.start("leaving", Map.of("EBB_LEAVE_SECONDS", "5"))) {
      assertFalse(closes(ebb.api().get("/v1/models")));
      ebb.terminate();
      Await.until("not ready", Duration.ofSeconds(4), () -> !ebb.api().answers("/q/health/ready"));
      Api.Reply last = Requests.send(ebb.api(), Requests.longPrompt(1, 2));
      last.ok();
      assertTrue(closes(last), last.headers().toString());
      ebb.awaitGone();
    }
  }

  private static boolean closes(Api.Reply reply) {
    return reply.headers().getOrDefault("connection", List.of()).contains("close");
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

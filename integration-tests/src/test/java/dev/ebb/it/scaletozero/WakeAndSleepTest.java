package dev.ebb.it.scaletozero;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.EbbProcess;
import dev.ebb.it.harness.Metrics;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WakeAndSleepTest {
  private static final Duration SLEEP = Duration.ofSeconds(60);

  @Test
  void oneRequestWakesBothAndBothGoWhenIdle() {
    try (EbbInstance ebb = EbbInstance.start("wake", Map.of("EBB_IDLE_SECONDS", "3"))) {
      assertEquals(List.of(), ebb.functions(), "nothing runs before the first request");
      Map<String, Object> request = Requests.longPrompt(1, 8);
      String first = Requests.text(Requests.send(ebb.api(), request), request);
      List<EbbProcess> woken = ebb.functions();
      assertEquals(Set.of("prefill", "decode"), kinds(woken));
      assertEquals(2, woken.size(), "one process each");

      Await.until("both functions gone", SLEEP, () -> ebb.functions().isEmpty());
      // One on its way out has no command line any more, and is there for a moment longer.
      Await.until("both ended", SLEEP, () -> woken.stream().noneMatch(EbbProcess::alive));

      assertEquals(first, Requests.text(Requests.send(ebb.api(), request), request), "woken again, the same answer");
    }
  }

  private static Set<String> kinds(List<EbbProcess> functions) {
    Set<String> kinds = new HashSet<>();
    functions.forEach(function -> kinds.add(function.kind()));
    return kinds;
  }

  @Test
  void hundredRequestsAtZeroAreAllAnsweredOnce() throws Exception {
    try (EbbInstance ebb = EbbInstance.start("crowd", Map.of("EBB_IDLE_SECONDS", "120"))) {
      assertEquals(List.of(), ebb.functions());
      // Every fifth goes through prefill.
      List<Map<String, Object>> bodies = IntStream.range(0, 100)
          .mapToObj(i -> i % 5 == 0 ? Requests.longPrompt(i, 6) : Requests.shortPrompt(i, 6)).toList();
      List<Future<String>> answers =
          Requests.atOnce(100, i -> Requests.text(Requests.send(ebb.api(), bodies.get(i)), bodies.get(i)));
      for (Future<String> answer : answers) {
        assertFalse(answer.get().isEmpty());
      }
      EbbProcess decode = ebb.functions("decode").getFirst();
      assertEquals(100, Metrics.of(decode).sum("vllm:request_success_total"), "decode finished each once");
      for (int i = 0; i < 100; i += 9) {
        assertEquals(Requests.text(Requests.send(ebb.api(), bodies.get(i)), bodies.get(i)), answers.get(i).get(),
            "alone the same as among a hundred");
      }
    }
  }
}

package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.Load;
import dev.ebb.it.cluster.harness.PodProcess;
import dev.ebb.it.cluster.harness.Stages;
import dev.ebb.it.cluster.harness.StreamedAnswer;
import dev.ebb.it.cluster.harness.Variant;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How many functions run follows what they have to do, and a busy one is let finish. */
@Tag("cluster")
final class ScalingTest {
  private static final String PROMPT = "Once upon a time in a small harbour town, a clockmaker";
  private static final Duration LIMIT = Duration.ofSeconds(180);
  private static final double COOLDOWN_SECONDS = 15;
  private static final double POLLING_SECONDS = 5;
  /** Decoded for much longer than the cooldown. */
  private static final int LONG = 3_000;
  private static final int STREAMS_MAX = 16;

  /** Pitfall 7. */
  @DisplayName("pitfall 7: one decode longer than the cooldown")
  @Test
  void aDecodeLongerThanTheCooldownIsNotCut() {
    Installation ebb = Installation.shared();
    Stages stages = new Stages();
    try (StreamedAnswer answer = StreamedAnswer.begin(ebb.router(), Installation.MODEL, PROMPT, LONG)) {
      answer.awaitTokens(1);
      double begin = stages.seconds();
      String pod = Installation.pods(Installation.DECODE).getFirst().getMetadata().getName();
      assertEquals(LONG, answer.whole().size());
      double took = stages.seconds() - begin;
      assertTrue(took > COOLDOWN_SECONDS + POLLING_SECONDS, "no long decode: " + took + " s");
      assertEquals(List.of(pod), Installation.pods(Installation.DECODE).stream()
          .map(one -> one.getMetadata().getName()).toList(), "one pod did all of it");
      System.out.printf("%d tokens in %.1f s by one pod, cooldown %.0f s%n", LONG, took, COOLDOWN_SECONDS);
    }
  }

  /**
   * Pitfall 12. One function becomes two by vLLM's {@code num_requests_waiting} alone, since the other triggers are set
   * out of reach; then one is taken away while streams run on both.
   */
  @DisplayName("pitfall 12: scale-in from N meets a busy pod")
  @Test
  void oneBecomesTwoUnderLoadAndTheBusyOneThatGoesEndsItsStreams() {
    try (Variant scale = Variant.of("scale", ScalingTest::smallBatches)
        .edit("knative-service-" + Installation.MODEL + "-decode", ScalingTest::onlyWaitingCounts)) {
      Api router = scale.apply().awaitReady().router(Installation.MODEL);
      Stages stages = new Stages();
      List<Integer> quiet = quiet(router);
      stages.reached("quiet answer");
      List<StreamedAnswer> streams = new ArrayList<>();
      try {
        List<PodProcess> both = underLoad(scale, router, streams, stages);
        PodProcess victim = awaitVictim(scale, both, router, streams);
        stages.reached("one is told to end");
        double running = victim.metrics().sum("vllm:num_requests_running");
        assertTrue(running > 0, "the pod that goes has nothing to do");
        stages.reached("one goes, running " + running);
        for (StreamedAnswer stream : streams) {
          assertEquals(quiet, stream.whole());
        }
        stages.reached(streams.size() + " streams whole");
      } finally {
        streams.forEach(StreamedAnswer::close);
      }
      assertEquals(1, scale.pods().size(), "two became one");
      scale.awaitZero();
      stages.reached("zero");
      System.out.println("1 to 2 to 1 to 0, seconds: " + stages + " | retries " + retries(router));
    }
  }

  private static List<Integer> quiet(Api router) {
    try (StreamedAnswer answer = StreamedAnswer.begin(router, Installation.MODEL, PROMPT, LONG)) {
      return answer.whole();
    }
  }

  /** Makes requests queue until there are two functions, and leaves long streams running on each. */
  private static List<PodProcess> underLoad(Variant scale, Api router, List<StreamedAnswer> streams,
      Stages stages) {
    try (Load load = Load.begin(router, 6)) {
      Await.until("two ready functions", LIMIT, () -> scale.ready().size() == 2);
      stages.reached("two ready");
      List<PodProcess> both = scale.functions();
      Await.until("both work", LIMIT, () -> both.stream().allMatch(one ->
          one.metrics().sum("vllm:generation_tokens_total") > 0));
      stages.reached("both work");
      for (int begun = 0; begun < 2; begun++) {
        streams.add(StreamedAnswer.begin(router, Installation.MODEL, PROMPT, LONG));
      }
      Load.Outcome outcome = load.end();
      System.out.println("load on one, then two functions: " + outcome);
      assertEquals(0, outcome.lost(), outcome.toString());
      stages.reached("load ended");
      while (oneIsIdle(both)) {
        oneMore(router, streams);
      }
      return both;
    }
  }

  private static boolean oneIsIdle(List<PodProcess> both) {
    return both.stream().anyMatch(one -> one.metrics().sum("vllm:num_requests_running") == 0);
  }

  private static void oneMore(Api router, List<StreamedAnswer> streams) {
    assertTrue(streams.size() < STREAMS_MAX, "one function gets no stream");
    streams.add(StreamedAnswer.begin(router, Installation.MODEL, PROMPT, LONG));
    streams.getLast().awaitTokens(1);
  }

  /** The function whose pod is told to end; until then there are streams on both, however long that takes. */
  private static PodProcess awaitVictim(Variant scale, List<PodProcess> both, Api router,
      List<StreamedAnswer> streams) {
    Await.until("one of two functions is told to end", LIMIT, () -> {
      boolean goes = scale.pods().size() < 2;
      if (!goes && oneIsIdle(both)) {
        oneMore(router, streams);
      }
      return goes;
    });
    Set<String> left = Set.copyOf(scale.pods());
    return both.stream().filter(one -> !left.contains(one.podName())).findFirst().orElseThrow();
  }

  private static double retries(Api router) {
    Metrics metrics = Metrics.of(router);
    return metrics.lines().stream().anyMatch(line -> line.startsWith("ebb_router_retries_total{"))
        ? metrics.sum("ebb_router_retries_total") : 0;
  }

  /** Two sequences at a time, so that a few callers make others wait. */
  private static String smallBatches(String text) {
    return Variant.decodeOnly(text).replace("      replicas: {max: 2}",
        "      replicas: {max: 2}\n      sequences: 2\n      threshold: 2");
  }

  /** The wake is by any trigger; the number of replicas by the one. The window is short, or it would take minutes. */
  private static String onlyWaitingCounts(String text) {
    return text.replaceFirst("(\"phase\":\"decode\",\"threshold\":)\"2\"", "$1\"1000\"")
        .replaceFirst("(\\{activator}\",\"threshold\":)\"2\"", "$1\"1000\"")
        .replaceFirst("(ebb_demand\\{[^}]*}\\)\",\"threshold\":)\"2\"", "$1\"1000\"")
        .replace("scale-down-window: 300s", "scale-down-window: 5s");
  }
}

package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.Load;
import dev.ebb.it.cluster.harness.Stages;
import dev.ebb.it.cluster.harness.Variant;
import dev.ebb.it.cluster.harness.WakeWatch;
import dev.ebb.it.harness.Await;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A function has several revisions: traffic alone decides which of them wake, and a broken one takes nothing down. */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RevisionsTest {
  private static final String NAMESPACE = "revisions";
  private static final Duration LONG = Duration.ofSeconds(180);

  private final Revisions decode = new Revisions(NAMESPACE, Installation.MODEL + "-decode");
  private Variant variant;
  private String first;
  private String second;
  private String third;

  @BeforeAll
  void threeRevisions() {
    variant = Variant.of(NAMESPACE, Variant::decodeOnly).apply();
    first = decode.awaitReady();
    second = release("value: '512'", "value: '256'");
    third = release("value: '256'", "value: '128'");
    variant.awaitZero();
  }

  @AfterAll
  void takeAway() {
    if (variant != null) {
      variant.close();
    }
  }

  /** Pitfall 4. */
  @DisplayName("pitfall 4: two revisions, and the old one must not wake")
  @Test
  void onlyRevisionsWithTrafficWake() {
    decode.share(Map.of(second, 50, third, 50));
    variant.awaitZero();
    Stages old = new Stages();
    try (WakeWatch watch = new WakeWatch(old, NAMESPACE, Revisions.labels(first));
        Load load = Load.begin(variant.router(Installation.MODEL), 2)) {
      Await.until("both revisions answer", LONG, () -> decode.answered(second) > 0 && decode.answered(third) > 0);
      assertTrue(decode.isPaused(first), first + " is not paused");
      assertFalse(decode.isPaused(second) || decode.isPaused(third), "one with traffic is paused");
      System.out.println("shared traffic: " + decode.answered(second) + " and " + decode.answered(third)
          + " requests answered by " + second + " and " + third);
      Load.Outcome outcome = load.end();
      assertEquals(0, outcome.lost(), outcome.toString());
    }
    assertEquals(0, decode.replicas(first));
    assertFalse(old.has("scaled") || old.has("pod"), first + " has no traffic and yet: " + old);
  }

  /** The one that takes over is asleep, and the one that gave up its traffic goes at once. */
  @Test
  void aRollbackUnderLoadLosesNothing() {
    decode.share(Map.of(third, 100));
    variant.awaitZero();
    Stages between = new Stages();
    try (WakeWatch watch = new WakeWatch(between, NAMESPACE, Revisions.labels(second));
        Load load = Load.begin(variant.router(Installation.MODEL), 2)) {
      load.awaitAnswers(4);
      assertTrue(decode.isPaused(first), first + " is not paused");
      Stages stages = new Stages();
      decode.share(Map.of(first, 100));
      stages.reached("routed");
      Await.until(first + " answers", LONG, () -> decode.answered(first) > 0);
      stages.reached("answers");
      Await.until(third + " is stopped", LONG, () -> decode.replicas(third) == 0 && decode.isPaused(third));
      stages.reached("the other is stopped");
      Load.Outcome outcome = load.end();
      System.out.println("rollback under load, seconds: " + stages + "; " + outcome);
      assertEquals(0, outcome.lost(), outcome.toString());
    }
    assertFalse(decode.isPaused(first), first + " is paused");
    assertFalse(between.has("scaled"), second + " has no traffic and yet: " + between);
  }

  @ParameterizedTest
  @CsvSource({"ebb-decode:0.1.0-SNAPSHOT, ebb-decode:missing", "smollm2-135m-instruct.gguf, missing.gguf"})
  void aBrokenRevisionTakesNothingDown(String right, String wrong) {
    decode.followNewest();
    variant.awaitZero();
    String good = decode.awaitReady();
    String broken;
    try (Load load = Load.begin(variant.router(Installation.MODEL), 2)) {
      load.awaitAnswers(4);
      variant.edit("knative-service", text -> text.replace(right, wrong)).apply();
      broken = decode.awaitCreated();
      assertNotEquals(good, broken);
      Await.until(broken + " has failed", LONG, () -> !decode.trouble(broken).isEmpty());
      Await.pause(5_000);
      Load.Outcome outcome = load.end();
      System.out.println(broken + " is broken (" + decode.trouble(broken) + "), " + good + " under load: " + outcome);
      assertEquals(0, outcome.lost(), outcome.toString());
    }
    assertEquals(Map.of(good, 100), decode.shares());
    wakesBeside(good, broken);
    variant.edit("knative-service", text -> text.replace(wrong, right)).apply();
    assertNotEquals(broken, decode.awaitReady());
    Await.until(broken + " gave its pod up", LONG, () -> decode.pods(broken).isEmpty());
  }

  /** The broken one still stands there, with a pod, when the good one has slept and is needed again. */
  private void wakesBeside(String good, String broken) {
    Await.until(good + " sleeps", LONG, () -> decode.pods(good).isEmpty());
    Load.Outcome outcome = Load.once(variant.router(Installation.MODEL));
    System.out.println("a wake beside " + broken + ": " + outcome);
    assertEquals(0, outcome.lost(), outcome.toString());
    assertEquals(1, decode.answered(good));
    String status = Cluster.ebb("status", "-n", NAMESPACE).expectSuccess().output();
    System.out.println(status);
    assertTrue(status.contains(good + "  100%"), status);
  }

  private String release(String from, String to) {
    variant.edit("knative-service", text -> text.replace(from, to)).apply();
    return decode.awaitReady();
  }
}

package dev.ebb.router.app.cluster;

import static dev.ebb.router.app.testing.Awaiting.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.router.app.platform.Platform;
import dev.ebb.router.app.testing.Behaviours;
import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.ClusterProfile;
import dev.ebb.router.app.testing.FakeFunction.Behaviour;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.OtherRouter;
import dev.ebb.router.app.testing.TestCluster;
import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.Phase;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A router beside a cluster whose API server and functions are the test's. */
@QuarkusTest
@TestProfile(ClusterProfile.class)
class ClusterWayTest {
  private static final String PATH = "/v1/completions";
  private static final String LINE = ": waiting for quota, position %d in serving (cluster queue gpu), 1 GPU short";
  private static final TestCluster CLUSTER = TestCluster.ofProfile();

  @Inject Platform platform;

  @BeforeEach
  void reset() {
    Fakes.reset();
    OtherRouter.OTHER.reset();
    // Behind a URL at zero is somebody who holds a request, not a function.
    Fakes.DECODE.ready(false);
    Fakes.PREFILL.ready(false);
    CLUSTER.clear();
    CLUSTER.quota(2, 0);
    // A pod that comes and goes shows that the watch is at work.
    CLUSTER.pod("tiny", "decode", "probe", true);
    await(() -> platform.state(Phase.DECODE) == FunctionState.READY);
    CLUSTER.deletePod("probe");
    await(() -> platform.state(Phase.DECODE) == FunctionState.STOPPED);
  }

  @AfterEach
  void leavesNoDemand() {
    assertEquals(0, Client.metric("ebb_demand{model=\"tiny\",phase=\"decode\"}"));
    assertEquals(0, Client.metric("ebb_demand{model=\"tiny\",phase=\"prefill\"}"));
  }

  private static CompletableFuture<Reply> later(String body) {
    return CompletableFuture.supplyAsync(() -> Client.post(PATH, body));
  }

  private static String text(Reply reply) {
    return events(reply).stream().map(event -> event.at("/choices/0/text").asText()).collect(Collectors.joining());
  }

  private static List<JsonNode> events(Reply reply) {
    return reply.http().body().lines().filter(line -> line.startsWith("data: {")).map(line -> {
      try {
        return Client.JSON.readTree(line.substring(6));
      } catch (java.io.IOException e) {
        throw new AssertionError(line, e);
      }
    }).toList();
  }

  private static List<String> comments(Reply reply) {
    return reply.http().body().lines().filter(line -> line.startsWith(":")).toList();
  }

  /** Waits at zero without a call to the function, though its URL would answer, until a pod is ready. */
  @Test
  void aRequestAtZeroIsParkedHereAndItsDemandIsShown() {
    CompletableFuture<Reply> reply = later("{'prompt': 'abc'}");
    await(() -> platform.parked(Phase.DECODE) == 1);
    assertEquals(1, Client.metric("ebb_demand{model=\"tiny\",phase=\"decode\"}"));
    assertTrue(Fakes.DECODE.idle());
    CLUSTER.pod("tiny", "decode", "decode-1", false);
    CLUSTER.ready("decode-1");
    assertEquals(200, reply.join().status());
    assertTrue(Integer.parseInt(reply.join().header("x-ebb-cold-start-ms")) > 0);
  }

  /** The pod is deleted, as Kueue does it, and another takes over; the connection is cut some tokens later. */
  private static Behaviour preempted(int pod, Behaviour end) {
    return (request, work) -> {
      CLUSTER.deletePod("decode-" + pod);
      CLUSTER.pod("tiny", "decode", "decode-" + (pod + 1), true);
      Fakes.DECODE.named("decode-" + (pod + 1));
      end.accept(request, work);
    };
  }

  @Test
  void aStreamOutlivesManyPreemptionsAndEveryTokenComesOnce() {
    CLUSTER.pod("tiny", "decode", "decode-1", true);
    Fakes.DECODE.named("decode-1").plan(preempted(1, Behaviours.crashAfter(3)), Behaviours.proxy(503),
        Behaviours.proxy(502), preempted(2, Behaviours.abortAfter(5)), preempted(3, Behaviours.crashAfter(2)),
        preempted(4, Behaviours.CRASH), Behaviours.proxy(404), preempted(5, Behaviours.crashAfter(9)));
    Reply reply = Client.post(PATH, "{'prompt': 'abc', 'stream': true, 'temperature': 1, 'return_token_ids': true}");
    assertEquals(Behaviours.TEXT, text(reply));
    assertEquals("[72,101,108,108,111,32,119,195,182,114,108,100]", events(reply).stream()
        .flatMap(event -> event.at("/choices/0/token_ids").valueStream()).map(JsonNode::asText)
        .collect(Collectors.joining(",", "[", "]")));
    JsonNode sampling = Fakes.DECODE.next().work().path("sampling");
    for (int attempt = 2; attempt <= 9; attempt++) {
      assertEquals(sampling, Fakes.DECODE.next().work().path("sampling"), "the same seed each time");
    }
    assertTrue(Fakes.DECODE.idle());
  }

  @Test
  void aWholeAnswerOutlivesThemToo() {
    CLUSTER.pod("tiny", "decode", "decode-1", true);
    Fakes.DECODE.plan(preempted(1, Behaviours.CRASH), preempted(2, Behaviours.CRASH), preempted(3, Behaviours.CRASH));
    assertEquals(Behaviours.TEXT, Client.post(PATH, "{'prompt': 'abc'}").json().at("/choices/0/text").asText());
  }

  /** Streamed, the answer's head names the pod; whole, it may have been any that was there. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPreemptedFunctionIsLeftAfterAWhile(boolean stream) {
    String pod = "preempted-" + stream;
    CLUSTER.pod("tiny", "decode", pod, true);
    Fakes.DECODE.named(pod).plan(stream ? Behaviours.hangAfter(4) : Behaviours.HANG);
    CompletableFuture<Reply> reply = later("{'prompt': 'abc', 'stream': " + stream + "}");
    Fakes.DECODE.next();
    CLUSTER.ending(pod, true);
    Fakes.DECODE.nextDropped();
    await(() -> platform.parked(Phase.DECODE) == 1);
    Fakes.DECODE.named("next-" + stream);
    CLUSTER.pod("tiny", "decode", "next-" + stream, true);
    assertEquals(Behaviours.TEXT, stream ? text(reply.join()) : reply.join().json().at("/choices/0/text").asText());
  }

  /** As on a node that lost its power: the pod is no more, and nobody closes its connections. */
  @Test
  void aStreamOfAPodThatIsNoMoreGoesOnElsewhere() {
    CLUSTER.pod("tiny", "decode", "powerless", true);
    Fakes.DECODE.named("powerless").plan(Behaviours.hangAfter(4));
    CompletableFuture<Reply> reply = later("{'prompt': 'abc', 'stream': true}");
    Fakes.DECODE.next();
    CLUSTER.deletePod("powerless");
    Fakes.DECODE.nextDropped();
    Fakes.DECODE.named("after-powerless");
    CLUSTER.pod("tiny", "decode", "after-powerless", true);
    assertEquals(Behaviours.TEXT, text(reply.join()));
  }

  @Test
  void aFunctionThatIsScaledInEndsItsAnswer() throws InterruptedException {
    CLUSTER.pod("tiny", "decode", "scaled-in", true);
    CompletableFuture<Void> end = new CompletableFuture<>();
    Fakes.DECODE.named("scaled-in").plan((request, work) ->
        end.thenRun(() -> Behaviours.DECODE.accept(request, work)));
    CompletableFuture<Reply> reply = later("{'prompt': 'abc', 'stream': true}");
    Fakes.DECODE.next();
    CLUSTER.ending("scaled-in", false);
    Thread.sleep(2_500);
    end.complete(null);
    assertEquals(Behaviours.TEXT, text(reply.join()));
    assertTrue(Fakes.DECODE.idle(), "it was asked once");
  }

  /** Kueue marks no pod that is on its way out already; its Workload says it. */
  @Test
  void aFunctionThatIsScaledInAndThenEvictedIsLeftToo() throws InterruptedException {
    String uid = CLUSTER.pod("tiny", "decode", "late", true);
    CLUSTER.workload("late", uid, 5, true);
    Fakes.DECODE.named("late").plan(Behaviours.hangAfter(4));
    CompletableFuture<Reply> reply = later("{'prompt': 'abc', 'stream': true}");
    Fakes.DECODE.next();
    CLUSTER.ending("late", false);
    Thread.sleep(2_500);
    assertFalse(reply.isDone());
    CLUSTER.evict("late", uid);
    Fakes.DECODE.nextDropped();
    Fakes.DECODE.named("after-late");
    CLUSTER.pod("tiny", "decode", "after-late", true);
    assertEquals(Behaviours.TEXT, text(reply.join()));
  }

  @Test
  void aPodThatEndsByItselfIsMadeUpForOnce() {
    CLUSTER.pod("tiny", "decode", "steady", true);
    Fakes.DECODE.named("steady").plan(Behaviours.crashAfter(2), Behaviours.crashAfter(4));
    Reply reply = Client.post(PATH, "{'prompt': 'abc', 'stream': true}");
    assertEquals("function_crashed", events(reply).getLast().at("/error/code").asText(), reply.http()::body);
  }

  @Test
  void aStreamIsToldItsPlaceWhileItWaits() throws InterruptedException {
    CLUSTER.quota(1, 1);
    CLUSTER.workload("before", "x", 1, false);
    String pod = CLUSTER.pod("tiny", "decode", "decode-1", false);
    CLUSTER.workload("w", pod, 5, false);
    await(() -> Client.metric("ebb_quota_position{model=\"tiny\",phase=\"decode\"}") == 2);
    CompletableFuture<Reply> reply = later("{'prompt': 'abc', 'stream': true}");
    await(() -> Client.metric("ebb_waiting_for_quota{model=\"tiny\",phase=\"decode\"}") == 1);
    Thread.sleep(600);
    CLUSTER.deleteWorkload("before");
    await(() -> Client.metric("ebb_quota_position{model=\"tiny\",phase=\"decode\"}") == 1);
    Thread.sleep(1_500);
    CLUSTER.workload("w", pod, 5, true);
    CLUSTER.ready("decode-1");
    assertEquals(200, reply.join().status());
    assertEquals(List.of(LINE.formatted(2), LINE.formatted(1)), comments(reply.join()));
    assertEquals(Behaviours.TEXT, text(reply.join()));
    assertTrue(reply.join().http().body().endsWith("data: [DONE]\n\n"));
  }

  @Test
  void anotherModelAnswersWhileThisOneWaits() {
    CLUSTER.quota(1, 1);
    CLUSTER.pod("small", "decode", "small-1", true);
    CLUSTER.workload("w", CLUSTER.pod("tiny", "decode", "decode-1", false), 5, false);
    await(() -> platform.waiting(Phase.DECODE).isPresent() && platform.canDegrade());
    String says = "from=tiny; reason=waiting for quota, position 1 in serving (cluster queue gpu), 1 GPU short";
    Reply whole = Client.post(PATH, "{'prompt': 'abc', 'model': 'tiny'}");
    assertEquals("small", whole.json().path("model").asText(), whole.http()::body);
    assertEquals(says, whole.header("x-ebb-degraded"));
    Reply stream = Client.post(PATH, "{'prompt': 'abc', 'stream': true}");
    assertEquals("small", events(stream).getFirst().path("model").asText());
    assertEquals(says, stream.header("x-ebb-degraded"));
    assertEquals(2, Client.metric("ebb_degraded_total{model=\"tiny\",to=\"small\"}"));
    CompletableFuture<Reply> passedOn = CompletableFuture.supplyAsync(
        () -> Client.post(PATH, "{'prompt': 'abc'}", "x-ebb-degraded-from", "small"));
    await(() -> platform.parked(Phase.DECODE) == 1);
    CLUSTER.ready("decode-1");
    assertNull(passedOn.join().header("x-ebb-degraded"), "nobody is sent in a circle");
    assertEquals(200, passedOn.join().status());
  }

  @Test
  void withOneGpuDecodeServesAloneAndPrefillsDemandIsWithheld() {
    CLUSTER.quota(1, 1);
    CLUSTER.workload("w", CLUSTER.pod("tiny", "decode", "decode-1", true), 5, true);
    await(platform::decodeAlone);
    Reply reply = Client.post(PATH, "{'prompt': '" + UUID.randomUUID().toString().repeat(3) + "'}");
    assertEquals("decode", reply.header("x-ebb-placement"));
    assertEquals(Behaviours.TEXT, reply.json().at("/choices/0/text").asText());
    assertTrue(Fakes.PREFILL.idle());
  }

  /** Prefill got the GPU that decode needs: its demand is withheld, and with it goes its claim on the GPU. */
  @Test
  void prefillGivesWayToItsDecode() {
    CLUSTER.quota(1, 1);
    CLUSTER.workload("p", CLUSTER.pod("tiny", "prefill", "prefill-1", false), 4, true);
    String pod = CLUSTER.pod("tiny", "decode", "decode-1", false);
    CLUSTER.workload("d", pod, 5, false);
    await(() -> platform.waiting(Phase.DECODE).isPresent());
    CompletableFuture<Reply> reply = later("{'prompt': '" + UUID.randomUUID().toString().repeat(3) + "'}");
    await(() -> Client.metric("ebb_demand{model=\"tiny\",phase=\"decode\"}") == 1);
    assertEquals(0, Client.metric("ebb_demand{model=\"tiny\",phase=\"prefill\"}"));
    CLUSTER.deletePod("prefill-1");
    CLUSTER.deleteWorkload("p");
    CLUSTER.workload("d", pod, 5, true);
    CLUSTER.ready("decode-1");
    assertEquals(200, reply.join().status());
    assertTrue(Fakes.PREFILL.idle(), "decode serves alone");
  }
}

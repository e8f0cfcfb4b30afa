package dev.ebb.router.app.cluster;

import static dev.ebb.router.app.testing.Awaiting.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.router.app.platform.Platform;
import dev.ebb.router.app.testing.Behaviours;
import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.ClusterProfile;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.OtherRouter;
import dev.ebb.router.app.testing.TestCluster;
import dev.ebb.router.function.Phase;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A stream that another model's router answers while this one's waits for quota, and what fails before
 * its first token.
 */
@QuarkusTest
@TestProfile(DegradedStreamTest.Profile.class)
class DegradedStreamTest {
  private static final String PATH = "/v1/completions";
  private static final String BODY = "{'prompt': 'abc', 'stream': true}";
  private static final String FIRST_TOKENS = "ebb_router_time_to_first_token_seconds_count{model=\"tiny\"}";
  private static final TestCluster CLUSTER = TestCluster.ofProfile();

  @Inject Platform platform;

  /** As its parent, with less patience. */
  public static class Profile extends ClusterProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> all = new HashMap<>(super.getConfigOverrides());
      all.put("ebb.request.timeout.seconds", "4");
      return all;
    }
  }

  /** Decode waits for quota. */
  @BeforeEach
  void reset() {
    Fakes.reset();
    OtherRouter.OTHER.reset();
    Fakes.DECODE.ready(false);
    CLUSTER.clear();
    CLUSTER.quota(1, 1);
    CLUSTER.workload("w", CLUSTER.pod("tiny", "decode", "decode-1", false), 5, false);
    await(() -> platform.waiting(Phase.DECODE).isPresent());
  }

  @AfterEach
  void leavesNoDemand() {
    assertEquals(0, Client.metric("ebb_demand{model=\"tiny\",phase=\"decode\"}"));
  }

  private void otherServes() {
    CLUSTER.pod("small", "decode", "small-1", true);
    await(platform::canDegrade);
  }

  @Test
  void oneThatBreaksOffEndsWithAnErrorAndNoHalfEvent() {
    otherServes();
    OtherRouter.OTHER.plan(OtherRouter.BREAKS_OFF);
    List<JsonNode> events = Client.post(PATH, BODY).events();
    assertEquals("small", events.getFirst().path("model").asText());
    assertEquals("degrade_failed", events.get(1).at("/error/code").asText());
    assertEquals(2, events.size());
  }

  @Test
  void oneThatTakesTooLongEndsWithAnErrorToo() {
    otherServes();
    OtherRouter.OTHER.plan(OtherRouter.HANGS);
    List<JsonNode> events = Client.post(PATH, BODY).events();
    assertEquals("small", events.getFirst().path("model").asText());
    assertEquals("request_timeout", events.get(1).at("/error/code").asText());
    assertEquals(2, events.size());
    OtherRouter.OTHER.next();
    OtherRouter.OTHER.nextDropped();
  }

  /** The other model must not compute what nobody waits for. */
  @Test
  void oneThatTakesTooLongBeforeItsHeadIsBrokenOffThere() {
    otherServes();
    for (String body : new String[] {BODY, BODY.replace("true", "false")}) {
      OtherRouter.OTHER.plan(Behaviours.HANG);
      Reply reply = Client.post(PATH, body);
      assertEquals(504, reply.status());
      assertEquals("request_timeout", reply.json().at("/error/code").asText());
      OtherRouter.OTHER.next();
      OtherRouter.OTHER.nextDropped();
    }
  }

  @Test
  void oneThatBreaksOffBeforeItsFirstEventHasAStatus() {
    otherServes();
    OtherRouter.OTHER.plan((request, body) -> request.response().setChunked(true).write("data: {")
        .onComplete(sent -> request.connection().close()));
    Reply reply = Client.post(PATH, BODY);
    assertEquals(503, reply.status());
    assertEquals("degrade_failed", reply.json().at("/error/code").asText());
  }

  /** Its head went out with the place in the queue, so its failure is an event: no token. */
  @Test
  void aStreamThatFailsAfterItWaitedHasNoFirstToken() {
    double before = Client.metric(FIRST_TOKENS);
    Fakes.DECODE.plan(Behaviours.error(400, "invalid_request_error", "n", "odd"));
    Thread.ofVirtual().start(() -> {
      await(() -> platform.parked(Phase.DECODE) == 1);
      sleep(600);
      CLUSTER.ready("decode-1");
    });
    Reply reply = Client.post(PATH, BODY);
    assertTrue(reply.http().body().startsWith(": waiting for quota"), reply.http()::body);
    assertTrue(reply.http().body().contains("\"code\":\"odd\""), reply.http()::body);
    assertTrue(reply.http().body().endsWith("data: [DONE]\n\n"), reply.http()::body);
    assertEquals(before, Client.metric(FIRST_TOKENS));
    assertEquals(200, Client.post(PATH, BODY).status());
    assertEquals(before + 1, Client.metric(FIRST_TOKENS));
  }

  private static void sleep(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

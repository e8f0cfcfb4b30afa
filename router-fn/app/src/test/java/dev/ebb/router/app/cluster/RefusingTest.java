package dev.ebb.router.app.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.router.app.platform.Platform;
import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.ClusterProfile;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.TestCluster;
import dev.ebb.router.function.Phase;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code EBB_WHEN_WAITING=refuse}. */
@QuarkusTest
@TestProfile(RefusingTest.Profile.class)
class RefusingTest {
  @Inject Platform platform;

  /** As its parent, but nobody stands in. */
  public static class Profile extends ClusterProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> all = new HashMap<>(super.getConfigOverrides());
      all.put("ebb.when.waiting", "refuse");
      return all;
    }
  }

  @Test
  void whoWouldWaitIsToldItsPlaceAndWhenToComeBack() throws InterruptedException {
    try (TestCluster cluster = TestCluster.ofProfile()) {
      Fakes.DECODE.ready(false);
      cluster.quota(1, 1);
      cluster.workload("w", cluster.pod("tiny", "decode", "decode-1", false), 5, false);
      for (int i = 0; i < 1_500 && platform.waiting(Phase.DECODE).isEmpty(); i++) {
        Thread.sleep(10);
      }
      for (String stream : new String[] {"false", "true"}) {
        Reply reply = Client.post("/v1/completions", "{'prompt': 'abc', 'stream': " + stream + "}");
        assertEquals(503, reply.status(), reply.http()::body);
        assertEquals("waiting_for_quota", reply.json().at("/error/code").asText());
        assertTrue(reply.json().at("/error/message").asText()
            .contains("waiting for quota, position 1 in serving (cluster queue gpu), 1 GPU short"));
        assertEquals("30", reply.header("retry-after"));
      }
    }
  }
}

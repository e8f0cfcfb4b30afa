package dev.ebb.keda.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.resource.ScaledObject;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several replicas and one lease. */
@EnableKubernetesMockClient(crud = true)
@Timeout(120)
class LeadershipTest extends LoopFixture {
  KubernetesClient client;

  @Override
  KubernetesClient client() {
    return client;
  }

  @Test
  void aSecondReplicaTakesTheLeaseWhenTheFirstStops() {
    Controller first = start("one");
    eventually("a leader", first::leading);
    Controller second = start("two");
    settle();
    assertFalse(second.leading());
    assertTrue(second.healthy(), "a replica that does not lead is well");
    awakeObjects("active");
    first.close();
    eventually("the second to lead", second::leading);
    scale(0, 0);
    eventually("the second's status", () -> status("Active").equals("False"));
    assertEquals("two", client.leases().inNamespace("ns").withName("lease").get().getSpec().getHolderIdentity());
  }

  @Test
  void aLeaderThatLosesItsLeaseRestsAndStandsAgain() {
    Controller controller = start("one");
    eventually("a leader", controller::leading);
    edit(Lease.class, "lease", lease -> {
      lease.getSpec().setHolderIdentity("thief");
      lease.getSpec().setRenewTime(ZonedDateTime.now(ZoneOffset.UTC));
      return lease;
    });
    eventually("it to rest", () -> !controller.leading());
    eventually("it to lead again, once the thief's lease has run out", controller::leading);
    awakeObjects("active");
  }

  @Test
  void aReplicaThatTookOverFindsWhatHappenedBetween() {
    Controller first = start("one");
    awakeObjects("active");
    first.close();
    route("reserve");
    settle();
    assertNull(annotation(ScaledObject.PAUSED_REPLICAS));
    start("two");
    eventually("the pause", () -> "0".equals(annotation(ScaledObject.PAUSED_REPLICAS)));
  }
}

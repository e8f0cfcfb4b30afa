package dev.ebb.router.app.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.ScalerProfile;
import dev.ebb.router.app.testing.TestCluster;
import dev.ebb.router.scaler.wire.ExternalScalerGrpc;
import dev.ebb.router.scaler.wire.IsActiveResponse;
import dev.ebb.router.scaler.wire.ScaledObjectRef;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A router that is told to stop while a request waits in it. */
@QuarkusTest
@TestProfile(LeavingTest.Profile.class)
class LeavingTest {
  private static final TestCluster CLUSTER = TestCluster.ofProfile();
  private static final String DEMAND = "ebb_demand{model=\"tiny\",phase=\"decode\"}";

  @Inject StopSignals signals;

  /** A router of its own, since there is no way back. */
  public static class Profile extends ScalerProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> all = new HashMap<>(super.getConfigOverrides());
      all.put("ebb.drain.seconds", "60");
      return all;
    }
  }

  @Test
  void kedaIsSentAwayWhileRequestsGoOnAndTheirDemandIsSeen() {
    Fakes.reset();
    Fakes.DECODE.ready(false);
    Fakes.PREFILL.ready(false);
    CLUSTER.quota(2, 0);
    ManagedChannel channel = NettyChannelBuilder
        .forAddress("127.0.0.1", Integer.getInteger(ScalerProfile.SCALER_PORT)).usePlaintext().build();
    try {
      Iterator<IsActiveResponse> stream = ExternalScalerGrpc.newBlockingStub(channel)
          .withDeadlineAfter(15, TimeUnit.SECONDS).streamIsActive(ScaledObjectRef.newBuilder()
              .putAllScalerMetadata(Map.of("model", "tiny", "phase", "decode")).build());
      CompletableFuture<Reply> reply =
          CompletableFuture.supplyAsync(() -> Client.post("/v1/completions", "{'prompt': 'abc'}"));
      assertTrue(stream.next().getResult());
      CompletableFuture<Void> drained = CompletableFuture.runAsync(signals::drain);
      // Ends without an exception: a failure would have KEDA wait longer and longer.
      stream.forEachRemaining(answer -> assertTrue(answer.getResult()));
      assertFalse(drained.isDone());
      assertFalse(reply.isDone());
      assertEquals(1, Client.metric(DEMAND), "what Prometheus tells KEDA of");
      CLUSTER.pod("tiny", "decode", "decode-1", true);
      assertEquals(200, reply.join().status());
      drained.join();
    } finally {
      channel.shutdownNow();
    }
  }
}

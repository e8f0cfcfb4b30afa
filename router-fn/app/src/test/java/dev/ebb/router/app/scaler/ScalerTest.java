package dev.ebb.router.app.scaler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** KEDA's side of a router whose functions sleep. */
@QuarkusTest
@TestProfile(ScalerProfile.class)
class ScalerTest {
  private static final TestCluster CLUSTER = TestCluster.ofProfile();

  private final ManagedChannel channel = NettyChannelBuilder
      .forAddress("127.0.0.1", Integer.getInteger(ScalerProfile.SCALER_PORT)).usePlaintext().build();
  private final ExternalScalerGrpc.ExternalScalerBlockingStub scaler =
      ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);

  @BeforeEach
  void reset() {
    Fakes.reset();
    Fakes.DECODE.ready(false);
    Fakes.PREFILL.ready(false);
    CLUSTER.clear();
    CLUSTER.quota(2, 0);
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
  }

  @Test
  void aRequestIsPushedBeforeItIsAnswered() {
    Iterator<IsActiveResponse> stream = scaler.streamIsActive(asked("tiny", "decode"));
    CompletableFuture<Reply> reply =
        CompletableFuture.supplyAsync(() -> Client.post("/v1/completions", "{'prompt': 'abc'}"));
    assertTrue(stream.next().getResult());
    assertFalse(reply.isDone());
    assertFalse(scaler.isActive(asked("tiny", "prefill")).getResult());
    CLUSTER.pod("tiny", "decode", "decode-1", true);
    assertEquals(200, reply.join().status());
    awaitFall(stream);
    assertFalse(scaler.isActive(asked("tiny", "decode")).getResult());
  }

  @Test
  void anotherModelsTriggerIsRefusedWithWhatIsKnown() {
    for (ScaledObjectRef wrong : new ScaledObjectRef[] {asked("huge", "decode"), asked("tiny", "both"),
        ScaledObjectRef.getDefaultInstance()}) {
      Status status = assertThrows(StatusRuntimeException.class, () -> scaler.isActive(wrong)).getStatus();
      assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
      assertTrue(status.getDescription().endsWith("the trigger's metadata may name model=tiny phase=prefill or "
          + "model=tiny phase=decode"), status.getDescription());
    }
  }

  /** Passes over what was said again before; a stream that never tells of the fall ends with its deadline. */
  private static void awaitFall(Iterator<IsActiveResponse> stream) {
    boolean active = true;
    while (active) {
      active = stream.next().getResult();
    }
  }

  private static ScaledObjectRef asked(String model, String phase) {
    return ScaledObjectRef.newBuilder().putAllScalerMetadata(Map.of("model", model, "phase", phase)).build();
  }
}

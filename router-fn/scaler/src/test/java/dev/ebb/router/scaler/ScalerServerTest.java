package dev.ebb.router.scaler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.router.scaler.wire.ExternalScalerGrpc;
import dev.ebb.router.scaler.wire.GetMetricsRequest;
import dev.ebb.router.scaler.wire.ScaledObjectRef;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client over loopback against the server. */
class ScalerServerTest {
  private static final long SOON_MS = 20_000;
  /** No turn comes while a test lasts: what is heard was pushed. */
  private static final long NEVER_MS = 3_600_000;

  private final Tested demand = new Tested();
  private ScalerServer server;
  private ManagedChannel channel;
  private ExternalScalerGrpc.ExternalScalerBlockingStub calls;

  @BeforeEach
  void open() throws IOException {
    open(NEVER_MS);
  }

  private void open(long turnMs) throws IOException {
    server = ScalerServer.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), demand, turnMs);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    calls = ExternalScalerGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    server.close();
  }

  @Test
  void aRiseIsPushed() throws Exception {
    Listening stream = listening();
    demand.set(1);
    assertEquals(true, stream.next(SOON_MS));
  }

  @Test
  void aRiseIsRepeatedUntilTheFall() throws Exception {
    close();
    open(100);
    Listening stream = listening();
    assertNull(stream.next(300), "nothing to tell at 0");
    for (int round = 0; round < 2; round++) {
      demand.set(1);
      for (int time = 0; time < 3; time++) {
        assertEquals(true, stream.next(SOON_MS), "said again");
      }
      demand.set(0);
      assertEquals(false, stream.nextOther(true, SOON_MS));
      assertNull(stream.next(300), "said once");
    }
  }

  @Test
  void whoComesWhileThereIsDemandIsToldAtOnce() throws Exception {
    listening();
    demand.set(3);
    assertEquals(true, new Listening(channel, Tested.WORK).next(SOON_MS));
  }

  @Test
  void manyShortRequestsAreNotAPushEach() throws Exception {
    Listening stream = listening();
    for (int request = 0; request < 1_000; request++) {
      demand.set(1);
      demand.set(0);
    }
    demand.set(1);
    assertEquals(true, stream.next(SOON_MS));
    // Streams are counted behind all pushes.
    awaitStreams(1);
    assertNull(stream.next(300), "told already");
  }

  @Test
  void fiftyStreamsAreAllTold() throws Exception {
    List<Listening> streams = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      streams.add(new Listening(channel, Tested.WORK));
    }
    awaitStreams(50);
    demand.set(1);
    for (Listening stream : streams) {
      assertEquals(true, stream.next(SOON_MS));
    }
    streams.forEach(Listening::cancel);
    awaitStreams(0);
  }

  @Test
  void aBrokenConnectionLeavesNothing() throws Exception {
    listening();
    channel.shutdownNow();
    awaitStreams(0);
  }

  @Test
  void theEndIsToldToWhoListensAndIsNoFailure() throws Exception {
    Listening stream = listening();
    server.close();
    assertEquals(Status.OK, stream.next(SOON_MS), "after a failure KEDA waits up to a minute");
    demand.set(1);
    assertNull(stream.next(100), "a rise after the end reaches nobody");
  }

  @Test
  void whoLeavesEndsStreamsWellAndCallersGoToAnother() throws Exception {
    Listening stream = listening();
    int port = server.port();
    server.leave();
    assertEquals(Status.OK, stream.next(SOON_MS));
    Tested others = new Tested();
    others.set(2);
    try (ScalerServer other = openAnother(port, others)) {
      assertEquals(true, calls.withWaitForReady().isActive(asked(Map.of())).getResult());
      assertEquals(true, new Listening(channel, Tested.WORK).next(SOON_MS));
      assertEquals(1, other.streams());
    }
  }

  /** As a Service does it: the same address leads to another router. The port is free a moment after the leaving. */
  private static ScalerServer openAnother(int port, Tested demand) throws Exception {
    for (int attempt = 0; ; attempt++) {
      try {
        return ScalerServer.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), demand);
      } catch (IOException e) {
        assertTrue(attempt < 100, "the port is still taken");
        Thread.sleep(50);
      }
    }
  }

  @Test
  void callsTellWhatThereIs() {
    assertEquals(false, calls.isActive(asked(Map.of())).getResult());
    demand.set(17);
    assertEquals(true, calls.isActive(asked(Map.of())).getResult());
    var value = calls.getMetrics(metric("ebb-demand")).getMetricValues(0);
    assertEquals("ebb-demand", value.getMetricName());
    assertEquals(17, value.getMetricValue());
    assertEquals(17.0, value.getMetricValueFloat());
  }

  @ParameterizedTest
  @CsvSource({", 8, 8", "2.5, 2.5, 3", "64, 64, 64"})
  void theSpecIsOneMetricWithTheTriggersThreshold(String threshold, double exact, long rounded) {
    var specs = calls.getMetricSpec(asked(threshold == null ? Map.of() : Map.of("threshold", threshold)));
    assertEquals(1, specs.getMetricSpecsCount());
    assertEquals("ebb-demand", specs.getMetricSpecs(0).getMetricName());
    assertEquals(exact, specs.getMetricSpecs(0).getTargetSizeFloat());
    assertEquals(rounded, specs.getMetricSpecs(0).getTargetSize());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "NaN", "Infinity", "many", ""})
  void aThresholdThatIsNoneIsRefused(String threshold) {
    refused("threshold must be a number over 0, requests for one replica; got '" + threshold + "'",
        () -> calls.getMetricSpec(asked(Map.of("threshold", threshold))));
  }

  @Test
  void whatIsNotKnownIsRefusedByName() throws Exception {
    String words = "nothing known of 'rest'; known is: work";
    refused(words, () -> calls.isActive(asked(Map.of("of", "rest"))));
    refused(words, () -> calls.getMetricSpec(asked(Map.of("of", "rest"))));
    refused("no metric 's0-other' here; the only one is ebb-demand", () -> calls.getMetrics(metric("s0-other")));
    Status end = (Status) new Listening(channel, Map.of("of", "rest")).next(SOON_MS);
    assertEquals(Status.Code.INVALID_ARGUMENT, end.getCode());
    assertEquals(words, end.getDescription());
    awaitStreams(0);
  }

  @Test
  void aTakenPortIsAnError() {
    assertThrows(IOException.class,
        () -> ScalerServer.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), demand));
  }

  private Listening listening() throws Exception {
    Listening stream = new Listening(channel, Tested.WORK);
    awaitStreams(1);
    return stream;
  }

  private void awaitStreams(int count) throws Exception {
    long end = System.nanoTime() + SOON_MS * 1_000_000;
    while (server.streams() != count && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    assertEquals(count, server.streams());
  }

  private static void refused(String words, Executable call) {
    Status status = assertThrows(StatusRuntimeException.class, call).getStatus();
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
    assertTrue(status.getDescription().contains(words), status.getDescription());
  }

  private static GetMetricsRequest metric(String name) {
    return GetMetricsRequest.newBuilder().setScaledObjectRef(asked(Map.of())).setMetricName(name).build();
  }

  private static ScaledObjectRef asked(Map<String, String> further) {
    Map<String, String> all = new HashMap<>(Tested.WORK);
    all.putAll(further);
    return ScaledObjectRef.newBuilder().setName("so").setNamespace("models").putAllScalerMetadata(all).build();
  }
}

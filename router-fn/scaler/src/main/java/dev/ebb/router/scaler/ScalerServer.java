package dev.ebb.router.scaler;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The gRPC server that KEDA's operator connects to, without TLS, as everything inside the cluster here. */
public final class ScalerServer implements AutoCloseable {
  private static final long CLOSE_MS = 1_000;
  /** A KEDA that is gone without a word is found out after this and as much again. */
  private static final long ALIVE_SECONDS = 30;
  /** Keys and values of a trigger are short. */
  private static final int BYTES_MAX = 64 << 10;

  private final Watchers watchers;
  private final Server server;

  private ScalerServer(Watchers watchers, Server server) {
    this.watchers = watchers;
    this.server = server;
  }

  /**
   * Listens at once.
   *
   * @param address where; port 0 takes a free one
   * @throws IOException where the address cannot be listened on, naming it
   */
  public static ScalerServer open(InetSocketAddress address, DemandSource source) throws IOException {
    return open(address, source, Watchers.TURN_MS);
  }

  /** With another time between two turns in which streams are told again. */
  static ScalerServer open(InetSocketAddress address, DemandSource source, long turnMs) throws IOException {
    Watchers watchers = new Watchers(turnMs);
    try {
      // No call waits for anything, so Netty's threads answer themselves.
      Server server = NettyServerBuilder.forAddress(address).directExecutor().maxInboundMessageSize(BYTES_MAX)
          .keepAliveTime(ALIVE_SECONDS, TimeUnit.SECONDS).keepAliveTimeout(ALIVE_SECONDS, TimeUnit.SECONDS)
          .addService(new ScalerService(source, watchers)).build().start();
      source.onRise(watchers::risen);
      return new ScalerServer(watchers, server);
    } catch (IOException | RuntimeException e) {
      watchers.close();
      throw e;
    }
  }

  public int port() {
    return server.getPort();
  }

  /** Streams that are open now. */
  int streams() throws Exception {
    return watchers.count();
  }

  /**
   * Ends all streams well, stops listening and tells connections to end once their calls are answered, so that KEDA
   * goes to another router. Returns at once; further calls do nothing.
   */
  public void leave() {
    server.shutdown();
    watchers.close();
  }

  /** Leaves, and ends what is still under way; returns within two seconds or so. */
  @Override
  public void close() {
    leave();
    try {
      if (!server.awaitTermination(CLOSE_MS, TimeUnit.MILLISECONDS)) {
        server.shutdownNow().awaitTermination(CLOSE_MS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}

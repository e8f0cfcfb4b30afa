package dev.ebb.cli.server;

import dev.ebb.cli.CliException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/** Whether a router can listen somewhere, found out by listening there for a moment. */
public final class Port {
  private Port() {}

  /**
   * Checks that a router can listen there.
   *
   * @throws CliException naming the host where it is no address of this machine, else the port that is taken
   */
  public static void need(String host, int port) throws IOException {
    Optional<BindException> taken = taken(host, port);
    if (taken.isPresent()) {
      throw new CliException("cannot listen on " + RouterLaunch.authority(host, port) + " ("
          + taken.get().getMessage() + "); choose another port with --port N or EBB_PORT=N", taken.get());
    }
  }

  /** Whether something else listens there. */
  public static boolean isTaken(String host, int port) throws IOException {
    return taken(host, port).isPresent();
  }

  /** What the system says to a listener on a port that is taken. */
  private static Optional<BindException> taken(String host, int port) throws IOException {
    needHost(host);
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
      return Optional.empty();
    } catch (BindException e) {
      return Optional.of(e);
    }
  }

  /** A port that nothing listens on. */
  public static int free(String host) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(host, 0));
      return socket.getLocalPort();
    }
  }

  /**
   * Checks that a host is an address of this machine.
   *
   * @throws CliException naming it and its setting when it is none
   */
  public static void needHost(String host) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(host, 0);
    if (anyPort.isUnresolved()) {
      throw wrongHost(host, "is not known here", null);
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(anyPort);
    } catch (BindException e) {
      throw wrongHost(host, "is no address of this machine", e);
    }
  }

  private static CliException wrongHost(String host, String what, IOException cause) {
    return new CliException("cannot listen on host '" + host + "': it " + what
        + "; give one of this machine's addresses with --host ADDRESS or EBB_HOST=ADDRESS", cause);
  }
}

package dev.ebb.router.app.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Asks a function whether it is ready. Blocking, with short time limits. */
public final class ReadyProbe {
  private static final int CONNECT_MS = 250;
  private static final int ANSWER_MS = 2_000;
  private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);

  private ReadyProbe() {}

  /** Whether {@code GET /q/health/ready} is answered with 200. */
  public static boolean isReady(Endpoint endpoint) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), CONNECT_MS);
      socket.setSoTimeout(ANSWER_MS);
      OutputStream out = socket.getOutputStream();
      out.write(("GET /q/health/ready HTTP/1.1\r\nHost: " + endpoint.host() + "\r\nConnection: close\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return Arrays.equals(in.readNBytes(OK.length), OK);
    } catch (IOException e) {
      return false;
    }
  }
}

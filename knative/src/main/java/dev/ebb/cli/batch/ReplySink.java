package dev.ebb.cli.batch;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * Where replies go. One that is not taken is sent again after a while, each time the double, since a sink that starts
 * anew is no reason to compute an answer again; one that is never taken is at least printed.
 */
final class ReplySink {
  private static final int ATTEMPTS = 6;
  /** A Broker on in-memory channels answers when its subscribers have, and tries them for minutes. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final URI address;
  private final Duration firstPause;
  private final PrintStream out;
  private final PrintStream err;

  ReplySink(URI address, Duration firstPause, PrintStream out, PrintStream err) {
    this.address = address;
    this.firstPause = firstPause;
    this.out = out;
    this.err = err;
  }

  /** Posts an event with these headers; whether it was taken. */
  boolean take(HttpClient http, Map<String, String> headers, byte[] body) throws InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(LIMIT)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    Duration pause = firstPause;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (attempt > 1) {
        Thread.sleep(pause);
        pause = pause.multipliedBy(2);
      }
      if (taken(http, request.build(), attempt)) {
        return true;
      }
    }
    err.println("ebb batch: nobody took the reply:");
    out.println(new String(body, StandardCharsets.UTF_8));
    return false;
  }

  private boolean taken(HttpClient http, HttpRequest request, int attempt) throws InterruptedException {
    String what;
    try {
      int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (status >= 200 && status < 300) {
        return true;
      }
      what = " answered " + status;
    } catch (IOException e) {
      what = ": " + e;
    }
    err.println("ebb batch: the sink " + address + what + " (attempt " + attempt + " of " + ATTEMPTS + ")");
    return false;
  }
}

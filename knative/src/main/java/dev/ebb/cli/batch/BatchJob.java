package dev.ebb.cli.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.cli.CliException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Answers the one event that a JobSink mounted: posts it to its model's router, and the reply to the sink. The sink
 * is the environment's alone: an event that named one could have this job post to any address of the cluster.
 *
 * <p>Replies are delivered at least once. So the router is asked for an answer also if it gave one before, to an
 * attempt of this job that could not hand it on; the reply is the same event each time, by source and id.
 */
public final class BatchJob {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STRUCTURED = "application/cloudevents+json";
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);
  /** Beyond the router's own limit, so that its answer is the one that is seen. */
  private static final Duration MARGIN = Duration.ofSeconds(30);
  private static final Duration SINK_PAUSE = Duration.ofSeconds(1);
  /** The file in a folder that a JobSink mounts. */
  private static final String EVENT_FILE = "event";
  /** What routers know it by: {@code EventTypes.AGAIN_HEADER}, a class that the command does not carry. */
  private static final String AGAIN_HEADER = "x-ebb-again";

  private final Path event;
  private final Routers routers;
  private final Optional<ReplySink> sink;
  private final Duration answerMax;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * A job by its environment: {@code K_EVENT_PATH} (from the JobSink), {@code EBB_ROUTERS}, and, optional,
   * {@code EBB_BATCH_SINK} and {@code EBB_REQUEST_TIMEOUT_SECONDS}.
   *
   * @param out where the reply goes when there is no sink
   * @throws CliException naming a variable that is missing or wrong
   */
  public BatchJob(Map<String, String> env, PrintStream out, PrintStream err) {
    this(env, out, err, SINK_PAUSE);
  }

  /** A job that waits so long after a sink's first failure. */
  BatchJob(Map<String, String> env, PrintStream out, PrintStream err, Duration sinkPause) {
    event = file(Path.of(required(env, "K_EVENT_PATH", "the event's file or its folder, which a JobSink sets")));
    routers = Routers.of(required(env, "EBB_ROUTERS", "MODEL=http://HOST:PORT, several separated by spaces"));
    sink = Optional.ofNullable(env.get("EBB_BATCH_SINK")).filter(url -> !url.isBlank())
        .map(url -> new ReplySink(sink(url), sinkPause, out, err));
    answerMax = Duration.ofSeconds(seconds(env.getOrDefault("EBB_REQUEST_TIMEOUT_SECONDS", "600"))).plus(MARGIN);
    this.out = out;
    this.err = err;
  }

  /** Runs the job to its end. */
  public Outcome run() throws IOException, InterruptedException {
    byte[] body = Files.readAllBytes(event);
    ObjectNode read = read(body);
    if (read == null) {
      err.println("ebb batch: " + event + " holds no event in JSON");
      return Outcome.REFUSED;
    }
    Optional<URI> router = routers.of(read);
    if (router.isEmpty()) {
      String asked = Routers.model(read).map(model -> "names the model '" + model + "'").orElse("names no model");
      return refused(read, error("the event " + asked + "; served are " + routers.byModel().keySet()));
    }
    try (HttpClient http = client()) {
      return answered(read, ask(http, router.get(), body), http);
    } catch (IOException e) {
      err.println("ebb batch: " + router.get() + ": " + e);
      return Outcome.FAILED;
    }
  }

  /** A refusal is final but for those that ask to come again: timeout, conflict, too early, too many. */
  private Outcome answered(ObjectNode read, HttpResponse<byte[]> reply, HttpClient http)
      throws IOException, InterruptedException {
    int status = reply.statusCode();
    if (status == 200) {
      return deliver(http, reply) ? Outcome.ANSWERED : Outcome.FAILED;
    }
    String text = new String(reply.body(), StandardCharsets.UTF_8);
    boolean again = status < 400 || status >= 500 || status == 408 || status == 409 || status == 425 || status == 429;
    if (again) {
      err.println("ebb batch: the router answered " + status + ": " + text);
      return Outcome.FAILED;
    }
    ObjectNode error = read(reply.body());
    return refused(read, error == null ? error(text) : error);
  }

  private Outcome refused(ObjectNode read, ObjectNode error) throws IOException, InterruptedException {
    err.println("ebb batch: refused: " + error.at("/error/message").asText());
    byte[] body = JSON.writeValueAsBytes(FailedEvent.of(read, error));
    if (sink.isEmpty()) {
      out.println(new String(body, StandardCharsets.UTF_8));
      return Outcome.REFUSED;
    }
    try (HttpClient http = client()) {
      boolean taken = sink.get().take(http, Map.of("content-type", STRUCTURED), body);
      return taken ? Outcome.REFUSED : Outcome.FAILED;
    }
  }

  private HttpResponse<byte[]> ask(HttpClient http, URI router, byte[] body) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(router.resolve("/")).timeout(answerMax)
        .header("content-type", STRUCTURED).header(AGAIN_HEADER, "true")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Passes the reply event on as it came, in whichever mode. */
  private boolean deliver(HttpClient http, HttpResponse<byte[]> reply) throws InterruptedException {
    if (sink.isEmpty()) {
      out.println(new String(reply.body(), StandardCharsets.UTF_8));
      return true;
    }
    Map<String, String> headers = new LinkedHashMap<>();
    reply.headers().map().forEach((name, values) -> {
      if (name.startsWith("ce-") || name.equals("content-type")) {
        headers.put(name, values.getFirst());
      }
    });
    return sink.get().take(http, headers, reply.body());
  }

  /** A JobSink names the folder that it mounts, whatever its documents say. */
  private static Path file(Path named) {
    return Files.isDirectory(named) ? named.resolve(EVENT_FILE) : named;
  }

  private static HttpClient client() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_MAX).build();
  }

  private static ObjectNode read(byte[] body) throws IOException {
    try {
      JsonNode read = JSON.readTree(body);
      return read instanceof ObjectNode object ? object : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static ObjectNode error(String message) {
    ObjectNode error = JSON.createObjectNode();
    error.putObject("error").put("message", message).put("type", "invalid_request_error");
    return error;
  }

  private static String required(Map<String, String> env, String name, String what) {
    String value = env.getOrDefault(name, "");
    if (value.isBlank()) {
      throw new CliException(name + " is not set; it is " + what);
    }
    return value;
  }

  private static URI sink(String url) {
    if (!url.matches("https?://[^/\\s]+\\S*")) {
      throw new CliException("EBB_BATCH_SINK '" + url + "' is no address; write http://HOST:PORT/PATH");
    }
    return URI.create(url);
  }

  private static long seconds(String text) {
    if (!text.matches("[1-9][0-9]{0,6}")) {
      throw new CliException("EBB_REQUEST_TIMEOUT_SECONDS '" + text + "' is no number of seconds");
    }
    return Long.parseLong(text);
  }
}

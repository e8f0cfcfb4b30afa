package dev.ebb.it.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** HTTP calls to one server of Ebb, with JSON in and out. Thread-safe. */
public final class Api {
  /** Reads and writes the JSON of the tests. */
  public static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration LIMIT = Duration.ofSeconds(300);

  private final String base;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(10)).build();

  public Api(String base) {
    this.base = base;
  }

  /** The answer to a request. */
  public record Reply(int status, Map<String, List<String>> headers, String text) {
    /** The body as JSON. */
    public JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (JsonProcessingException e) {
        throw new AssertionError("status " + status + ", no JSON: " + text, e);
      }
    }

    /** The body as JSON, when the request succeeded. */
    public JsonNode ok() {
      if (status != 200) {
        throw new AssertionError("status " + status + ": " + text);
      }
      return json();
    }
  }

  public String base() {
    return base;
  }

  /** Whether a path answers 200; false too when nothing listens. */
  public boolean answers(String path) {
    try {
      return client.send(request(path).timeout(Duration.ofSeconds(5)).build(), BodyHandlers.discarding())
          .statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  public Reply get(String path) {
    return send(request(path).build());
  }

  /** Posts an object as JSON. */
  public Reply post(String path, Object body) {
    return post(path, "application/json", json(body));
  }

  /** Posts text as it is. */
  public Reply post(String path, String contentType, String body) {
    return send(request(path).header("Content-Type", contentType).POST(BodyPublishers.ofString(body)).build());
  }

  /** Posts and reads a stream of server-sent events to its end; {@code [DONE]} must be the last. */
  public List<JsonNode> stream(String path, Object body) {
    List<JsonNode> events = new ArrayList<>();
    boolean done = false;
    try (Stream<String> lines = openStream(path, body).body()) {
      for (String line : (Iterable<String>) lines::iterator) {
        if (done && !line.isEmpty()) {
          throw new AssertionError("after [DONE]: " + line);
        }
        done |= line.equals("data: [DONE]");
        if (!done && !line.isEmpty()) {
          events.add(event(line));
        }
      }
    }
    if (!done) {
      throw new AssertionError("the stream ended without [DONE] after " + events);
    }
    return events;
  }

  /** Posts and gives the lines as they arrive; closing them drops the connection. */
  public HttpResponse<Stream<String>> openStream(String path, Object body) {
    try {
      HttpRequest request = request(path).header("Content-Type", "application/json")
          .POST(BodyPublishers.ofString(json(body))).build();
      return client.send(request, BodyHandlers.ofLines());
    } catch (IOException e) {
      throw new AssertionError(path + " of " + base + ": " + e, e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static JsonNode event(String line) {
    if (!line.startsWith("data: ")) {
      throw new AssertionError("no event: " + line);
    }
    return new Reply(200, Map.of(), line.substring(6)).json();
  }

  /** Sends a prepared request; a broken connection is an {@link AssertionError}. */
  public Reply send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return new Reply(response.statusCode(), response.headers().map(), response.body());
    } catch (IOException e) {
      throw new AssertionError(request + ": " + e, e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** A request to a path of this server. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).timeout(LIMIT);
  }

  private static String json(Object body) {
    try {
      return JSON.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException(e);
  }
}

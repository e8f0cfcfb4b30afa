package dev.ebb.router.app.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;

/** Calls to the router under test. */
public final class Client {
  public static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Client() {}

  /** A reply. */
  public record Reply(int status, HttpResponse<String> http) {
    public JsonNode json() {
      try {
        return JSON.readTree(http.body());
      } catch (JsonProcessingException e) {
        throw new AssertionError("no JSON: " + http.body(), e);
      }
    }

    public String header(String name) {
      return http.headers().firstValue(name).orElse(null);
    }

    /** The events of a stream; fails unless the end mark is there, last. */
    public List<JsonNode> events() {
      List<JsonNode> events = new ArrayList<>();
      String[] parts = http.body().split("\n\n");
      for (int i = 0; i < parts.length - 1; i++) {
        events.add(event(parts[i]));
      }
      if (!parts[parts.length - 1].equals("data: [DONE]")) {
        throw new AssertionError("no end mark: " + http.body());
      }
      return events;
    }

    private static JsonNode event(String part) {
      try {
        return JSON.readTree(part.substring("data: ".length()));
      } catch (JsonProcessingException e) {
        throw new AssertionError("no event: " + part, e);
      }
    }
  }

  /** POST with a JSON body; quotes may be written as single quotes. */
  public static Reply post(String path, String body, String... headers) {
    return send(request(path, "content-type", "application/json").POST(
        HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))), headers);
  }

  public static Reply get(String path) {
    return send(request(path).GET());
  }

  public static Reply send(HttpRequest.Builder request, String... headers) {
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    try {
      HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Reply(response.statusCode(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  public static HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    return headers.length == 0 ? builder : builder.headers(headers);
  }

  /** The port of the router under test. */
  public static int port() {
    return ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
  }

  /** A series' value on the metrics page. */
  public static double metric(String series) {
    return get("/metrics").http().body().lines().filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1))).findFirst()
        .orElseThrow(() -> new AssertionError("no series " + series));
  }
}

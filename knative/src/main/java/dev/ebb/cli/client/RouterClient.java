package dev.ebb.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ebb.cli.CliException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Calls one router. */
public final class RouterClient implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SHORT = Duration.ofSeconds(5);

  private final String url;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(SHORT).build();

  /**
   * A client of one address.
   *
   * @param url base address, as {@code http://127.0.0.1:8080}
   */
  public RouterClient(String url) {
    String trimmed = url.replaceFirst("/+$", "").replaceFirst("/v1$", "");
    if (!trimmed.matches("https?://[^/\\s]+.*")) {
      throw new CliException("'" + url + "' is no address; write http://HOST:PORT");
    }
    this.url = trimmed;
  }

  /** The base address. */
  public String url() {
    return url;
  }

  /** Ids of the models it serves; empty when nothing that speaks this protocol answers. */
  public Optional<List<String>> models() throws InterruptedException {
    try {
      HttpResponse<String> answer = get("/v1/models");
      JsonNode data = JSON.readTree(answer.body()).path("data");
      if (answer.statusCode() != 200 || !data.isArray()) {
        return Optional.empty();
      }
      List<String> ids = new ArrayList<>();
      data.forEach(model -> ids.add(model.path("id").asText()));
      return Optional.of(ids);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether a health address answers 200. */
  public boolean isHealthy(String check) throws IOException, InterruptedException {
    return get("/q/health/" + check).statusCode() == 200;
  }

  /** The metrics page. */
  public String metrics() throws IOException, InterruptedException {
    return get("/metrics").body();
  }

  /** Asks and gives the whole answer's JSON. */
  public JsonNode complete(ChatRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer;
    try {
      answer = http.send(post(request.streamed(false)), HttpResponse.BodyHandlers.ofByteArray());
    } catch (ConnectException e) {
      throw new CliException(absent(url), e);
    }
    JsonNode body = parse(answer.body());
    if (answer.statusCode() != 200) {
      throw failure(body, answer.statusCode());
    }
    return body;
  }

  /** Asks and gives the answer as it comes. */
  public Answer stream(ChatRequest request) throws IOException {
    return new Answer(http, post(request.streamed(true)));
  }

  @Override
  public void close() {
    // Not close(), which would wait for an answer that was cancelled.
    http.shutdownNow();
  }

  /** What to say when nothing answers at an address. */
  public static String absent(String url) {
    return "no router answers at " + url + "; start one with ebb up";
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).timeout(SHORT).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest post(ChatRequest body) throws IOException {
    return HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
        .build();
  }

  static JsonNode parse(byte[] body) throws IOException {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode().put("error", new String(body, StandardCharsets.UTF_8));
    }
  }

  static CliException failure(JsonNode body, int status) {
    JsonNode error = body.path("error");
    String message = error.isTextual() ? error.asText() : error.path("message").asText("no reason given");
    return new CliException("the router refused" + (status == 0 ? "" : " (" + status + ")") + ": " + message);
  }
}

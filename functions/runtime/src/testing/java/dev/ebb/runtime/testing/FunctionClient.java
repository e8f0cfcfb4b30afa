package dev.ebb.runtime.testing;

import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.request.SamplingParamsBuilder;
import dev.ebb.engine.transfer.HandOff;
import dev.ebb.events.ErrorBody;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import dev.ebb.events.Work;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Calls a function as the router does. */
public final class FunctionClient {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI url;

  public FunctionClient(URI url) {
    this.url = url;
  }

  /** Work on the bytes of a text; greedy, so that equal questions have equal answers. */
  public static Work work(String id, String prompt, int maxTokens) {
    return work(id, prompt, greedy(maxTokens).build(), null);
  }

  public static Work work(String id, String prompt, SamplingParams sampling, HandOff handOff) {
    byte[] bytes = prompt.getBytes(StandardCharsets.UTF_8);
    int[] tokens = new int[bytes.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = bytes[i] & 0xff;
    }
    return new Work(id, TinyModelResource.MODEL, tokens, sampling, "", 0, handOff);
  }

  /** Greedy sampling that does not stop before {@code maxTokens}. */
  public static SamplingParamsBuilder greedy(int maxTokens) {
    return SamplingParams.builder().temperature(0).ignoreEos(true).maxTokens(maxTokens);
  }

  /** Headers of a binary event. */
  public static Map<String, String> headers(String type) {
    return new TreeMap<>(Map.of("content-type", "application/json", "ce-specversion", "1.0", "ce-id", "e1",
        "ce-source", "/test", "ce-type", type));
  }

  public HttpResponse<String> post(String type, Object data) {
    return post(headers(type), EventJson.write(data));
  }

  public HttpResponse<String> post(Map<String, String> headers, byte[] body) {
    return send(request(headers, body));
  }

  /** Posts decode work and asks for a stream. */
  public HttpResponse<String> stream(Work work) {
    return send(streamRequest(work));
  }

  /** As {@link #stream}, without waiting for it. */
  public CompletableFuture<HttpResponse<String>> streamAsync(Work work) {
    return HTTP.sendAsync(streamRequest(work), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest streamRequest(Work work) {
    Map<String, String> headers = headers(EventTypes.DECODE_REQUESTED);
    headers.put("accept", "text/event-stream");
    return request(headers, EventJson.write(work));
  }

  private HttpRequest request(Map<String, String> headers, byte[] body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return request.build();
  }

  public HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(url.resolve(path)).build());
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sends decode work over a socket of its own, which the caller reads, or not, and closes. */
  public Socket open(Work work, boolean stream) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), url.getPort()));
    byte[] body = EventJson.write(work);
    StringBuilder head = new StringBuilder("POST / HTTP/1.1\r\nhost: localhost\r\n");
    headers(EventTypes.DECODE_REQUESTED).forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append(stream ? "accept: text/event-stream\r\n" : "").append("content-length: " + body.length + "\r\n\r\n");
    OutputStream out = socket.getOutputStream();
    out.write(head.toString().getBytes(StandardCharsets.US_ASCII));
    out.write(body);
    out.flush();
    return socket;
  }

  /** The function's series. */
  public PrometheusText metrics() {
    return PrometheusText.parse(get("/metrics").body());
  }

  /** Requests that ended in a way. */
  public double finished(String reason) {
    return metrics().samples("vllm:request_success_total").stream()
        .filter(sample -> sample.labels().get("finished_reason").equals(reason))
        .mapToDouble(PrometheusText.Sample::value)
        .sum();
  }

  /** The error object of a reply. */
  public static ErrorBody.Detail error(HttpResponse<String> response) {
    return EventJson.read(response.body().getBytes(StandardCharsets.UTF_8), ErrorBody.class).error();
  }

  /** Waits until the engine is up. */
  public void awaitReady() {
    await("readiness", () -> get("/q/health/ready").statusCode() == 200);
  }

  /** Waits until nothing runs or waits and no block is held. */
  public void awaitIdle() {
    await("an idle engine without held blocks", () -> {
      PrometheusText text = metrics();
      return text.value("vllm:num_requests_running") == 0 && text.value("vllm:num_requests_waiting") == 0
          && text.value("vllm:kv_cache_usage_perc") == 0;
    });
  }

  /** Waits for a condition; generous, for it only fails when it never comes. */
  public static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + what);
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}

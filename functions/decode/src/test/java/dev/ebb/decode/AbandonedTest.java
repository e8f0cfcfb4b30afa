package dev.ebb.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.request.SamplingParams;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import dev.ebb.events.Work;
import dev.ebb.runtime.testing.FunctionClient;
import io.quarkus.test.junit.QuarkusTest;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A caller who leaves costs nothing: its request is cancelled and its blocks are free again. */
@QuarkusTest
class AbandonedTest extends DecodeTest {
  /** Long enough that it runs still when its caller leaves. */
  private static final SamplingParams LONG = FunctionClient.greedy(3500).n(4).build();

  @Test
  void aStreamWhoseCallerLeavesIsCancelled() throws Exception {
    double before = function.finished("abort");
    try (Socket socket = function.open(work("leaver", LONG), true)) {
      assertTrue(socket.getInputStream().read() >= 0, "it has begun");
    }
    awaitAborted(before);
  }

  @Test
  void anAnswerNobodyWaitsForIsCancelled() throws Exception {
    double before = function.finished("abort");
    try (Socket socket = function.open(work("waiter", LONG), false)) {
      FunctionClient.await("its start", () -> function.metrics().value("vllm:num_requests_running") > 0);
    }
    awaitAborted(before);
  }

  @Test
  void aStreamThatIsResetOnHttp2IsCancelled() throws Exception {
    double before = function.finished("abort");
    Map<String, String> headers = FunctionClient.headers(EventTypes.DECODE_REQUESTED);
    headers.put("accept", "text/event-stream");
    HttpRequest.Builder request = HttpRequest.newBuilder(url)
        .POST(HttpRequest.BodyPublishers.ofByteArray(EventJson.write(work("resetter", LONG))));
    headers.forEach(request::header);
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      // The first exchange of a connection only upgrades it.
      http.send(HttpRequest.newBuilder(url.resolve("/metrics")).build(), HttpResponse.BodyHandlers.discarding());
      HttpResponse<InputStream> response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      assertEquals(HttpClient.Version.HTTP_2, response.version());
      assertTrue(response.body().read() >= 0, "it has begun");
      response.body().close();
      awaitAborted(before);
    }
  }

  private static Work work(String id, SamplingParams sampling) {
    return FunctionClient.work(id, "To whom it may concern", sampling, null);
  }

  private void awaitAborted(double before) {
    FunctionClient.await("the cancelled request", () -> function.finished("abort") > before);
    function.awaitIdle();
  }
}

package dev.ebb.it.badinput;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.EbbProcess;
import dev.ebb.it.harness.Metrics;
import dev.ebb.it.harness.SharedEbb;
import dev.ebb.it.harness.TestModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller that goes away in the middle of an answer. */
@ExtendWith(SharedEbb.class)
class DisconnectTest {
  /** An answer that takes far longer than the test waits. */
  private static final int OUTPUT_TOKENS = 8000;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sequenceEndsAndItsBlocksAreFreed(boolean stream, EbbInstance ebb) throws IOException {
    Aftermath.verify(ebb);
    EbbProcess decode = ebb.functions("decode").getFirst();
    double aborted = aborted(decode);
    try (Socket socket = new Socket("127.0.0.1", ebb.port())) {
      post(socket.getOutputStream(), stream);
      Await.until("the sequence runs", Duration.ofSeconds(20),
          () -> Metrics.of(decode).sum("vllm:num_requests_running") == 1);
      assertTrue(Metrics.of(decode).sum("vllm:kv_cache_usage_perc") > 0);
      if (stream) {
        readSome(socket.getInputStream());
      }
    }
    Aftermath.verify(ebb);
    assertEquals(aborted + 1, aborted(decode), "counted as aborted");
  }

  private static void post(OutputStream out, boolean stream) throws IOException {
    String body = "{\"model\":\"" + TestModel.ID + "\",\"prompt\":\"Tell me a very long story\",\"max_tokens\":"
        + OUTPUT_TOKENS + ",\"ignore_eos\":true,\"stream\":" + stream + "}";
    String head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + "Content-Length: " + body.length() + "\r\n\r\n";
    out.write((head + body).getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void readSome(InputStream in) throws IOException {
    String text = new String(in.readNBytes(1000), StandardCharsets.UTF_8);
    assertTrue(text.startsWith("HTTP/1.1 200") && text.contains("data: {"), text);
  }

  private static double aborted(EbbProcess decode) {
    return Metrics.of(decode).sum("vllm:request_success_total", "finished_reason=\"abort\"");
  }
}

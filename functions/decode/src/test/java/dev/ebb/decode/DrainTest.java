package dev.ebb.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.events.EventTypes;
import dev.ebb.runtime.start.ProcessEnd;
import dev.ebb.runtime.testing.FunctionClient;
import dev.ebb.runtime.testing.StreamText;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A stop in the middle of an answer. Has an application of its own, since it does not come back. */
@QuarkusTest
@TestProfile(DrainTest.Own.class)
class DrainTest extends DecodeTest {
  /** Differs from the default profile by name alone. */
  public static final class Own implements QuarkusTestProfile {}

  @Inject ProcessEnd end;

  @Test
  void whatRunsIsFinishedAndNothingNewIsTaken() throws Exception {
    CompletableFuture<HttpResponse<String>> running = function.streamAsync(
        FunctionClient.work("running", "Let me finish", FunctionClient.greedy(3000).n(2).build(), null));
    FunctionClient.await("its start", () -> function.metrics().value("vllm:num_requests_running") > 0);
    CompletableFuture<Void> drained = CompletableFuture.runAsync(end::drain);
    FunctionClient.await("unreadiness", () -> function.get("/q/health/ready").statusCode() == 503);
    HttpResponse<String> refused = function.post(EventTypes.DECODE_REQUESTED, FunctionClient.work("new", "me too", 2));
    assertEquals(503, refused.statusCode());
    assertTrue(refused.headers().firstValue("retry-after").isPresent());
    assertEquals("draining", FunctionClient.error(refused).code());
    assertEquals(200, function.get("/q/health/live").statusCode(), "it drains, but it is alive");
    assertEquals(3000, StreamText.parse(running.get(60, TimeUnit.SECONDS).body()).tokens(1).length);
    drained.get(60, TimeUnit.SECONDS);
  }
}

package dev.ebb.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.events.EventTypes;
import dev.ebb.runtime.testing.FunctionClient;
import dev.ebb.runtime.testing.TinyModelResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A backend that does not come back: nobody is told anything, so the process itself must say that it is stuck. */
@QuarkusTest
@QuarkusTestResource(TinyModelResource.class)
@TestProfile(EndlessStepTest.Impatient.class)
class EndlessStepTest {
  /** On a backend that can be held up. */
  public static final class Impatient implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("ebb.backend", FragileBackendProvider.NAME, "ebb.step-timeout-seconds", "1");
    }
  }

  @TestHTTPResource("/")
  URI url;

  @Test
  void theProcessIsNeitherReadyNorLiveUntilItEnds() throws Exception {
    FunctionClient function = new FunctionClient(url);
    function.awaitReady();
    assertEquals(200, function.get("/q/health/live").statusCode(), "with nothing to do");
    String prompt = "a" + (char) FragileBackendProvider.ENDLESS;
    CompletableFuture<HttpResponse<String>> held = CompletableFuture.supplyAsync(
        () -> function.post(EventTypes.DECODE_REQUESTED, FunctionClient.work("held", prompt, 2)));
    FunctionClient.await("the end of its life", () -> function.get("/q/health/live").statusCode() == 503);
    assertEquals(503, function.get("/q/health/ready").statusCode());
    FragileBackendProvider.END.countDown();
    assertEquals(200, held.get().statusCode());
    FunctionClient.await("life", () -> function.get("/q/health/live").statusCode() == 200);
    function.awaitReady();
  }
}

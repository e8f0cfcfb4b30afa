package dev.ebb.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Test;

/** A device that goes away: those who wait get an error, and the process says that it is of no more use. */
@QuarkusTest
@QuarkusTestResource(TinyModelResource.class)
@TestProfile(LostBackendTest.Fragile.class)
class LostBackendTest {
  /** On a backend that can be broken. */
  public static final class Fragile implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("ebb.backend", FragileBackendProvider.NAME);
    }
  }

  @TestHTTPResource("/")
  URI url;

  @Test
  void theLossIsToldAndTheProcessIsUnready() {
    FunctionClient function = new FunctionClient(url);
    function.awaitReady();
    assertEquals(200, function.post(EventTypes.DECODE_REQUESTED, FunctionClient.work("fine", "ok", 2)).statusCode());
    String fatal = "a" + (char) FragileBackendProvider.FATAL;
    HttpResponse<String> broken = function.stream(FunctionClient.work("broken", fatal, 2));
    assertEquals(500, broken.statusCode(), "it failed before its first token, so it can still say so");
    assertEquals("backend_device_lost", FunctionClient.error(broken).code());
    FunctionClient.await("unreadiness", () -> function.get("/q/health/ready").statusCode() == 503);
    FunctionClient.await("the end of its life", () -> function.get("/q/health/live").statusCode() == 503);
    HttpResponse<String> after = function.post(EventTypes.DECODE_REQUESTED, FunctionClient.work("after", "ok", 2));
    assertEquals(503, after.statusCode());
    assertTrue(after.headers().firstValue("retry-after").isPresent());
  }
}

package dev.ebb.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.events.EventJson;
import dev.ebb.events.Work;
import dev.ebb.runtime.work.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ErrorReplyTest {
  @Test
  void aMistakeIsFoundUnderWhatWrapsIt() {
    ErrorReply reply = ErrorReply.of(new CompletionException(new UncheckedIOException(
        new IOException(new InvalidParameterException("top_p", "top_p must be in (0, 1]")))));
    assertEquals(400, reply.status());
    assertEquals("top_p", reply.body().error().param());
    assertEquals("invalid_request_error", reply.body().error().type());
    assertTrue(reply.expected());
  }

  @Test
  void jsonThatAReaderRefusedIsTheCallersMistake() {
    try {
      EventJson.MAPPER.readValue("{\"model\": 3, \"prompt_token_ids\": {}}", Work.class);
    } catch (IOException e) {
      ErrorReply reply = ErrorReply.of(new UncheckedIOException(e));
      assertEquals(400, reply.status());
      return;
    }
    throw new AssertionError("it was accepted");
  }

  @Test
  void anUnknownFailureTellsNothingOfItself() {
    ErrorReply reply = ErrorReply.of(new IllegalStateException("secret /path"));
    assertEquals(500, reply.status());
    assertFalse(reply.expected());
    String body = new String(EventJson.write(reply.body()), StandardCharsets.UTF_8);
    assertFalse(body.contains("secret"), body);
    assertFalse(body.contains("IllegalState"), body);
  }

  @Test
  void aBackendsFailureHasItsReasonAsCode() {
    ErrorReply reply = ErrorReply.of(new BackendException(BackendException.Reason.DEVICE_LOST, "gone"));
    assertEquals(500, reply.status());
    assertEquals("backend_device_lost", reply.body().error().code());
  }

  @Test
  void aRefusalKeepsItsStatus() {
    assertEquals(503, ErrorReply.of(RefusedException.unavailable("draining", "stopping")).status());
    assertEquals(413, ErrorReply.of(413).status());
    assertEquals(500, ErrorReply.of(500).status());
  }
}

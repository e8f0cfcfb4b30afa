package dev.ebb.router.app.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.engine.request.TokenLogprobs;
import dev.ebb.engine.transfer.HandOff;
import dev.ebb.events.DecodeChunk;
import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.DecodeCompleted.Choice;
import dev.ebb.events.ErrorBody;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import dev.ebb.events.PrefillCompleted;
import dev.ebb.events.Usage;
import dev.ebb.router.app.testing.FakeFunction.Behaviour;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What fake functions do. Decode answers every prompt with {@link #TEXT}, a token a byte, until its length ends it. */
public final class Behaviours {
  /** The answer: eleven bytes, so eleven tokens. */
  public static final String TEXT = "Hello wörld";

  private static final byte[] BYTES = TEXT.getBytes(StandardCharsets.UTF_8);

  private Behaviours() {}

  /** Answers, streamed or not as asked. */
  public static final Behaviour DECODE = (request, work) -> {
    if ("text/event-stream".equals(request.getHeader("accept"))) {
      stream(request, work, Integer.MAX_VALUE);
    } else {
      event(request, EventTypes.DECODE_COMPLETED, answer(work));
    }
  };

  /** Hands off. */
  public static final Behaviour PREFILL = (request, work) -> event(request, EventTypes.PREFILL_COMPLETED,
      new PrefillCompleted(work.path("request_id").asText(), handOff(work), null, new Usage(prompt(work), 1, 7)));

  /** Prefill whose first token already ended the answer. */
  public static final Behaviour FINISHED_BY_PREFILL = (request, work) -> event(request, EventTypes.PREFILL_COMPLETED,
      new PrefillCompleted(work.path("request_id").asText(), null, answer(work), new Usage(prompt(work), 1, 7)));

  /** Closes the connection without a word. */
  public static final Behaviour CRASH = (request, work) -> request.connection().close();

  /** Never answers. */
  public static final Behaviour HANG = (request, work) -> { };

  /** Streams some tokens, then is silent. */
  public static Behaviour hangAfter(int tokens) {
    return (request, work) -> {
      HttpServerResponse response = request.response().setChunked(true).putHeader("content-type", "text/event-stream");
      for (int token = 0; token < tokens; token++) {
        write(response, piece(work, 0, token, null));
      }
    };
  }

  /** Streams some tokens, then closes the connection. */
  public static Behaviour crashAfter(int tokens) {
    return (request, work) -> stream(request, work, tokens);
  }

  /** Answers with an error. */
  public static Behaviour error(int status, String type, String param, String code) {
    return (request, work) -> request.response().setStatusCode(status).putHeader("content-type", "application/json")
        .end(new String(EventJson.write(ErrorBody.of("as told", type, param, code)), StandardCharsets.UTF_8));
  }

  /** Answers as a proxy on the way would: no function is behind it just now. */
  public static Behaviour proxy(int status) {
    return (request, work) -> {
      request.response().headers().remove(EventTypes.FUNCTION_HEADER);
      request.response().setStatusCode(status).putHeader("content-type", "text/plain").end("no healthy upstream");
    };
  }

  /** Streams some tokens, then ends as an engine does that is stopped. */
  public static Behaviour abortAfter(int tokens) {
    return (request, work) -> {
      HttpServerResponse response = request.response().setChunked(true).putHeader("content-type", "text/event-stream");
      for (int token = 0; token < tokens; token++) {
        write(response, piece(work, 0, token, null));
      }
      write(response, new DecodeChunk(0, new int[0], "", null, null, "abort", null, null, null));
      response.end("data: [DONE]\n\n");
    };
  }

  /** Streams one token, then an error event, as a function does that fails on the way. */
  public static final Behaviour ERROR_EVENT = (request, work) -> {
    HttpServerResponse response = request.response().setChunked(true).putHeader("content-type", "text/event-stream");
    write(response, piece(work, 0, 0, null));
    write(response, new DecodeChunk(0, new int[0], "", null, null, "error", null, null,
        new ErrorBody.Detail("broken", "server_error", null, "internal_error")));
    response.end("data: [DONE]\n\n");
  };

  /** Streams a token of an answer that nobody asked for, and ends as if all were well. */
  public static final Behaviour ODD_CHOICE = (request, work) -> {
    HttpServerResponse response = request.response().setChunked(true).putHeader("content-type", "text/event-stream");
    write(response, piece(work, 7, 0, null));
    response.end("data: [DONE]\n\n");
  };

  private static void stream(HttpServerRequest request, JsonNode work, int tokensMax) {
    HttpServerResponse response = request.response().setChunked(true).putHeader("content-type", "text/event-stream");
    int length = length(work);
    for (int token = 0; token < length; token++) {
      for (int choice = 0; choice < answers(work); choice++) {
        if (token >= tokensMax) {
          // What was written must arrive before the connection goes.
          request.response().write("").onComplete(written -> request.connection().close());
          return;
        }
        write(response, piece(work, choice, token, token == 0 && choice == 0 ? promptLogprobs(work) : null));
      }
    }
    List<TokenLogprobs> late = length == 0 ? promptLogprobs(work) : null;
    for (int choice = 0; choice < answers(work); choice++) {
      write(response, new DecodeChunk(choice, new int[0], "", null, late, finish(work), null, null, null));
    }
    write(response, new DecodeChunk(0, new int[0], "", null, null, null, null, usage(work), null));
    response.end("data: [DONE]\n\n");
  }

  private static DecodeChunk piece(JsonNode work, int choice, int token, List<TokenLogprobs> prompt) {
    // The two bytes of the umlaut make one character: its text comes with the second.
    String text = new String(BYTES, 0, token + 1, StandardCharsets.UTF_8);
    String before = new String(BYTES, 0, token, StandardCharsets.UTF_8);
    String fresh = text.endsWith("\ufffd") ? "" : text.substring(before.replace("\ufffd", "").length());
    return new DecodeChunk(choice, new int[] {BYTES[token] & 0xff}, fresh,
        logprobs(work) < 0 ? null : List.of(logprobs(BYTES[token] & 0xff)), prompt, null, null, null, null);
  }

  private static void write(HttpServerResponse response, DecodeChunk chunk) {
    response.write("data: " + new String(EventJson.write(chunk), StandardCharsets.UTF_8) + "\n\n");
  }

  private static DecodeCompleted answer(JsonNode work) {
    List<Choice> choices = new ArrayList<>();
    int length = length(work);
    for (int choice = 0; choice < answers(work); choice++) {
      int[] ids = IntStream.range(0, length).map(i -> BYTES[i] & 0xff).toArray();
      choices.add(new Choice(choice, new String(BYTES, 0, length, StandardCharsets.UTF_8), ids,
          logprobs(work) < 0 ? null : IntStream.of(ids).mapToObj(Behaviours::logprobs).toList(), finish(work), null));
    }
    return new DecodeCompleted(work.path("request_id").asText(), choices, promptLogprobs(work), usage(work));
  }

  private static TokenLogprobs logprobs(int token) {
    return new TokenLogprobs(token, -0.5f, 1, new int[] {token, 'x', 'y'}, new float[] {-0.5f, -1.5f, -2.5f});
  }

  private static List<TokenLogprobs> promptLogprobs(JsonNode work) {
    if (work.path("sampling").path("prompt_logprobs").asInt(-1) < 0) {
      return null;
    }
    List<TokenLogprobs> all = new ArrayList<>();
    for (JsonNode token : work.path("prompt_token_ids")) {
      all.add(all.isEmpty() ? null : logprobs(token.asInt()));
    }
    return all;
  }

  private static HandOff handOff(JsonNode work) {
    return new HandOff("kv://test/arena/tiny", 1, "layout", 42, Long.MAX_VALUE, new int[] {3}, List.of("aa"), "bb",
        prompt(work), BYTES[0], Optional.empty());
  }

  private static Usage usage(JsonNode work) {
    return new Usage(prompt(work), length(work) * answers(work), work.has("hand_off") ? prompt(work) : 3);
  }

  private static int prompt(JsonNode work) {
    return work.path("prompt_token_ids").size();
  }

  private static int length(JsonNode work) {
    return Math.min(BYTES.length, work.path("sampling").path("max_tokens").asInt());
  }

  private static String finish(JsonNode work) {
    return length(work) < BYTES.length ? "length" : "stop";
  }

  private static int answers(JsonNode work) {
    return work.path("sampling").path("n").asInt(1);
  }

  private static int logprobs(JsonNode work) {
    return work.path("sampling").path("logprobs").asInt(-1);
  }

  private static void event(HttpServerRequest request, String type, Object data) {
    request.response().putHeader("ce-specversion", "1.0").putHeader("ce-id", "1").putHeader("ce-source", "/fake")
        .putHeader("ce-type", type).putHeader("content-type", "application/json")
        .end(new String(EventJson.write(data), StandardCharsets.UTF_8));
  }
}

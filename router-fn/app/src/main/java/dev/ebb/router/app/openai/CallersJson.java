package dev.ebb.router.app.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ebb.events.EventJson;
import dev.ebb.router.request.Refusal;
import java.util.Optional;

/** How callers' JSON is read. A document's bytes do not say what it takes of memory, so its parts are counted. */
public final class CallersJson {
  /**
   * JSON tokens of a document: values, names, and both ends of lists and objects. A tree of so many takes 27 MB (empty
   * lists) to 85 MB (large numbers); a prompt of token ids has one for each.
   */
  static final int TOKENS_MAX = 1_000_000;

  /** What readers of such documents let through. */
  public static final StreamReadConstraints LIMITS =
      EventJson.shallow().streamReadConstraints().rebuild().maxTokenCount(TOKENS_MAX).build();

  /** Thread-safe mapper. */
  public static final ObjectMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(LIMITS).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private CallersJson() {}

  /** The refusal of a document of too many tokens; empty where something else is wrong with it. */
  public static Optional<Refusal> tooMany(Exception failure) {
    boolean tokens = failure instanceof StreamConstraintsException limit
        && limit.getOriginalMessage().startsWith("Token count");
    return tokens ? Optional.of(Refusal.invalid(null, "too_many_json_tokens", "The request body has more than "
        + TOKENS_MAX + " JSON tokens (values, names, beginnings and ends of lists and objects); split it into several"
        + " requests.")) : Optional.empty();
  }
}

package dev.ebb.router.app.reply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.events.Usage;
import dev.ebb.router.app.model.PreparedPrompt;
import dev.ebb.router.app.model.ServedModel;
import dev.ebb.router.app.openai.Api;
import dev.ebb.router.app.openai.OutputOptions;
import java.util.List;

/**
 * What all parts of one answer have in common.
 *
 * @param id the answer's id
 * @param createdSeconds Unix time
 * @param answers choices per prompt
 */
public record ReplyHead(
    String id,
    long createdSeconds,
    Api api,
    ServedModel model,
    OutputOptions output,
    List<PreparedPrompt> prompts,
    int answers) {

  ObjectNode node(String object) {
    return JsonNodeFactory.instance.objectNode()
        .put("id", id)
        .put("object", object)
        .put("created", createdSeconds)
        .put("model", model.id())
        .put("system_fingerprint", model.systemFingerprint());
  }

  int choice(int prompt, int answer) {
    return prompt * answers + answer;
  }

  TokenTexts texts() {
    return new TokenTexts(model.tokenizer(), output.tokensAsIds());
  }

  static ObjectNode usage(Usage usage) {
    ObjectNode node = JsonNodeFactory.instance.objectNode()
        .put("prompt_tokens", usage.promptTokens())
        .put("completion_tokens", usage.completionTokens())
        .put("total_tokens", usage.promptTokens() + usage.completionTokens());
    node.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedTokens());
    return node;
  }

  /** The counts in an answer's body. */
  public static Usage counts(ObjectNode body) {
    JsonNode usage = body.path("usage");
    return new Usage(usage.path("prompt_tokens").asInt(), usage.path("completion_tokens").asInt(),
        usage.path("prompt_tokens_details").path("cached_tokens").asInt());
  }

  static ArrayNode ids(int[] tokens) {
    ArrayNode ids = JsonNodeFactory.instance.arrayNode();
    for (int token : tokens) {
      ids.add(token);
    }
    return ids;
  }

  /** Finish and stop reason, null where there is none (yet). */
  static void finish(ObjectNode choice, String finishReason, Object stopReason) {
    choice.put("finish_reason", finishReason);
    switch (stopReason) {
      case null -> choice.putNull("stop_reason");
      case Number number -> choice.put("stop_reason", number.longValue());
      default -> choice.put("stop_reason", stopReason.toString());
    }
  }
}

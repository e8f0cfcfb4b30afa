package dev.ebb.router.app.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.router.request.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Parameters of the API that this server does not have. Each may still be sent with the value that means nothing,
 * as many clients do; any other value would change the answer and is refused.
 */
final class Unsupported {
  private Unsupported() {}

  /** Accepted and without effect on the answer, as in vLLM. */
  static final Set<String> IGNORED =
      Set.of("user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key",
          "prompt_cache_retention", "parallel_tool_calls", "request_id", "prediction");

  private static final Predicate<JsonNode> NEVER = value -> false;
  private static final Predicate<JsonNode> EMPTY = value -> value.isContainerNode() && value.isEmpty();
  private static final Predicate<JsonNode> NO_TEXT = value -> value.isTextual() && value.textValue().isEmpty();

  /** Parameter to the values that change nothing. */
  private static final Map<String, Predicate<JsonNode>> NEUTRAL = Map.ofEntries(
      Map.entry("tools", EMPTY),
      Map.entry("tool_choice", oneOf("none", "auto")),
      Map.entry("functions", EMPTY),
      Map.entry("function_call", oneOf("none", "auto")),
      Map.entry("response_format", value -> "text".equals(value.path("type").asText())),
      Map.entry("modalities", value -> value.size() == 1 && "text".equals(value.path(0).asText())),
      Map.entry("audio", NEVER),
      Map.entry("verbosity", oneOf("medium")),
      Map.entry("web_search_options", NEVER),
      Map.entry("suffix", NO_TEXT),
      Map.entry("use_beam_search", isFalse()),
      Map.entry("length_penalty", value -> value.isNumber() && value.doubleValue() == 1),
      Map.entry("skip_special_tokens", isTrue()),
      Map.entry("spaces_between_special_tokens", isTrue()),
      Map.entry("detokenize", isTrue()),
      Map.entry("include_reasoning", isTrue()),
      Map.entry("bad_words", EMPTY),
      Map.entry("allowed_token_ids", NEVER),
      Map.entry("logits_processors", EMPTY),
      Map.entry("structured_outputs", NEVER),
      Map.entry("guided_json", NEVER),
      Map.entry("guided_regex", NEVER),
      Map.entry("guided_choice", NEVER),
      Map.entry("guided_grammar", NEVER),
      Map.entry("documents", EMPTY),
      Map.entry("chat_template", NEVER),
      Map.entry("mm_processor_kwargs", EMPTY),
      Map.entry("kv_transfer_params", EMPTY),
      Map.entry("vllm_xargs", EMPTY),
      Map.entry("prompt_embeds", NEVER));

  /**
   * @throws Refusal naming the first parameter that asks for something this server cannot do
   */
  static void refuse(Fields fields) {
    for (String name : List.copyOf(NEUTRAL.keySet()).stream().sorted().toList()) {
      fields.get(name).ifPresent(value -> {
        if (!NEUTRAL.get(name).test(value)) {
          throw fields.wrong(name, "unsupported_parameter", name + " is not supported by this server; leave it out.");
        }
      });
    }
  }

  private static Predicate<JsonNode> oneOf(String... texts) {
    return value -> value.isTextual() && List.of(texts).contains(value.textValue());
  }

  private static Predicate<JsonNode> isTrue() {
    return value -> value.isBoolean() && value.booleanValue();
  }

  private static Predicate<JsonNode> isFalse() {
    return value -> value.isBoolean() && !value.booleanValue();
  }
}

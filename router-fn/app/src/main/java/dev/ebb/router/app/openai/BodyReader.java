package dev.ebb.router.app.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.engine.request.SamplingParamsBuilder;
import dev.ebb.router.app.model.ModelCatalog;
import dev.ebb.router.app.model.ServedModel;
import dev.ebb.router.request.Prompt;
import dev.ebb.router.request.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns request bodies into {@link GenerateBody}; everything that can be checked without tokens is checked here. */
@ApplicationScoped
public class BodyReader {
  private static final int TOP_LOGPROBS_MAX = 20;

  private final ModelCatalog catalog;
  /** What a template is given anyway. */
  private static final Set<String> OWN_VARIABLES =
      Set.of("messages", "add_generation_prompt", "continue_final_message", "bos_token", "eos_token");

  private final ReadingRoom room;

  BodyReader(ModelCatalog catalog, ReadingRoom room) {
    this.catalog = catalog;
    this.room = room;
  }

  /**
   * A body of {@code /v1/chat/completions} or {@code /v1/completions}.
   *
   * @throws Refusal naming what is wrong with it
   */
  public GenerateBody read(Api api, byte[] body) {
    return room.read(body, () -> read(api, Fields.parse(body)));
  }

  /** The data of an event: a chat when it has messages, else a completion. */
  public GenerateBody read(JsonNode data) {
    Fields fields = Fields.of(data);
    if (fields.flag("stream", false)) {
      throw fields.wrong("stream", "unsupported_value",
          "stream must not be true in an event: the answer is one event. Use /v1/chat/completions to stream.");
    }
    return read(api(data), fields);
  }

  /** Which of the two calls an event's data asks for. */
  public static Api api(JsonNode data) {
    return data != null && data.hasNonNull("messages") ? Api.CHAT : Api.COMPLETION;
  }

  private GenerateBody read(Api api, Fields fields) {
    ServedModel model = catalog.get(fields.text("model").orElse(null));
    Unsupported.refuse(fields);
    GenerateBody body = api == Api.CHAT ? chat(fields, model) : completion(fields, model);
    fields.refuseOthers(Unsupported.IGNORED);
    Sampling.check(fields, body.sampling(), body.maxTokens().orElse(model.maxModelLen()));
    return body;
  }

  private static GenerateBody chat(Fields fields, ServedModel model) {
    if (fields.flag("echo", false)) {
      throw fields.wrong("echo", "unsupported_parameter", "echo is not supported in chat; leave it out.");
    }
    Optional<Integer> maxTokens = fields.integer("max_completion_tokens");
    String lengthName = maxTokens.isPresent() ? "max_completion_tokens" : "max_tokens";
    maxTokens = maxTokens.or(() -> fields.integer("max_tokens"));
    atLeast(fields, lengthName, maxTokens, 1);
    fields.has("max_tokens");
    return common(Api.CHAT, fields, model, List.of(conversation(fields)), maxTokens,
        chatOutput(fields), fields.flag("add_special_tokens", false));
  }

  private static GenerateBody completion(Fields fields, ServedModel model) {
    Optional<Integer> maxTokens = fields.integer("max_tokens");
    atLeast(fields, "max_tokens", maxTokens, 0);
    fields.integer("best_of").ifPresent(bestOf -> {
      if (bestOf != (int) fields.integer("n").orElse(1)) {
        throw fields.wrong("best_of", "unsupported_value", "best_of is supported only when it equals n.");
      }
    });
    return common(Api.COMPLETION, fields, model, Prompts.read(fields, model), maxTokens,
        completionOutput(fields), fields.flag("add_special_tokens", true));
  }

  private static GenerateBody common(Api api, Fields fields, ServedModel model, List<Prompt> prompts,
      Optional<Integer> maxTokens, OutputOptions output, boolean addSpecialTokens) {
    SamplingParamsBuilder sampling = Sampling.read(fields, model);
    sampling.logprobs(output.logprobs());
    sampling.promptLogprobs(Math.max(output.promptLogprobs(), output.echo() ? output.logprobs() : -1));
    String salt = fields.text("cache_salt").orElse("");
    if (fields.has("cache_salt") && salt.isEmpty()) {
      throw fields.wrong("cache_salt", "invalid_value", "cache_salt must not be empty; leave it out instead.");
    }
    Optional<Integer> truncate = fields.integer("truncate_prompt_tokens");
    atLeast(fields, "truncate_prompt_tokens", truncate, 1);
    return new GenerateBody(api, fields.text("model").orElse(null), prompts, sampling,
        fields.has("seed"), maxTokens, output, salt, fields.integer("priority").orElse(0), addSpecialTokens, truncate);
  }

  /** The conversation of a chat or tokenize body. */
  static Prompt.Chat conversation(Fields fields) {
    boolean open = fields.flag("add_generation_prompt", true);
    boolean resume = fields.flag("continue_final_message", false);
    if (open && resume) {
      throw fields.wrong("continue_final_message", "invalid_value",
          "continue_final_message needs add_generation_prompt to be false: one turn cannot be left open and opened.");
    }
    List<Map<String, Object>> messages = ChatMessages.read(fields);
    if (resume && ((String) messages.getLast().get("content")).isBlank()) {
      throw fields.wrong("continue_final_message", "invalid_value", "continue_final_message needs text in the last"
          + " message to go on with; to open an empty turn, leave it out and let add_generation_prompt be true.");
    }
    return new Prompt.Chat(messages, open, resume, templateExtras(fields));
  }

  private static Map<String, Object> templateExtras(Fields fields) {
    Map<String, Object> extras = new HashMap<>();
    fields.text("reasoning_effort").ifPresent(effort -> extras.put("reasoning_effort", effort));
    fields.object("chat_template_kwargs").ifPresent(kwargs -> kwargs.node().properties().forEach(entry -> {
      if (OWN_VARIABLES.contains(entry.getKey())) {
        throw fields.wrong("chat_template_kwargs", "invalid_value", "chat_template_kwargs must not set "
            + entry.getKey() + ", which follows from the rest of the request or from the model.");
      }
      extras.put(entry.getKey(), plain(entry.getValue()));
    }));
    return extras;
  }

  private static Object plain(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> value.booleanValue();
      case NUMBER -> value.numberValue();
      case STRING -> value.textValue();
      case ARRAY -> value.valueStream().map(BodyReader::plain).toList();
      case OBJECT -> {
        // Templates write objects in their order.
        Map<String, Object> all = new LinkedHashMap<>();
        value.properties().forEach(entry -> all.put(entry.getKey(), plain(entry.getValue())));
        yield all;
      }
      default -> null;
    };
  }

  private static OutputOptions chatOutput(Fields fields) {
    boolean wanted = fields.flag("logprobs", false);
    Optional<Integer> top = fields.integer("top_logprobs");
    if (top.isPresent() && top.get() > 0 && !wanted) {
      throw fields.wrong("top_logprobs", "invalid_value", "top_logprobs needs logprobs to be true.");
    }
    between(fields, "top_logprobs", top);
    return output(fields, false, wanted ? top.orElse(0) : -1);
  }

  private static OutputOptions completionOutput(Fields fields) {
    Optional<Integer> logprobs = fields.integer("logprobs");
    between(fields, "logprobs", logprobs);
    return output(fields, fields.flag("echo", false), logprobs.orElse(-1));
  }

  private static OutputOptions output(Fields fields, boolean echo, int logprobs) {
    boolean stream = fields.flag("stream", false);
    Optional<Fields> options = fields.object("stream_options");
    if (options.isPresent() && !stream) {
      throw fields.wrong("stream_options", "invalid_value", "stream_options needs stream to be true.");
    }
    boolean includeUsage = options.map(o -> o.flag("include_usage", false)).orElse(false);
    boolean continuous = options.map(o -> o.flag("continuous_usage_stats", false)).orElse(false);
    options.ifPresent(o -> o.refuseOthers(Set.of("include_obfuscation")));
    Optional<Integer> prompt = fields.integer("prompt_logprobs");
    between(fields, "prompt_logprobs", prompt);
    if (stream && prompt.isPresent()) {
      throw fields.wrong("prompt_logprobs", "invalid_value", "prompt_logprobs cannot be streamed.");
    }
    return new OutputOptions(stream, includeUsage, continuous, echo, logprobs, prompt.orElse(-1),
        fields.flag("return_token_ids", false), fields.flag("return_tokens_as_token_ids", false));
  }

  private static void between(Fields fields, String name, Optional<Integer> value) {
    if (value.isPresent() && (value.get() < 0 || value.get() > TOP_LOGPROBS_MAX)) {
      throw fields.wrong(name, "invalid_value",
          name + " must be between 0 and " + TOP_LOGPROBS_MAX + ", got " + value.get() + ".");
    }
  }

  private static void atLeast(Fields fields, String name, Optional<Integer> value, int least) {
    if (value.isPresent() && value.get() < least) {
      throw fields.wrong(name, "invalid_value", name + " must be at least " + least + ", got " + value.get() + ".");
    }
  }
}

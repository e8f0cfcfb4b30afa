package dev.ebb.router.app.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.request.SamplingParamsBuilder;
import dev.ebb.router.app.model.ServedModel;
import dev.ebb.router.request.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Reads the parameters that decide about tokens, common to both APIs. */
public final class Sampling {
  private static final String GOT = ", got ";

  private final Fields fields;
  private final ServedModel model;
  private final SamplingParamsBuilder builder = SamplingParams.builder();

  private Sampling(Fields fields, ServedModel model) {
    this.fields = fields;
    this.model = model;
  }

  static SamplingParamsBuilder read(Fields fields, ServedModel model) {
    return new Sampling(fields, model).all();
  }

  private SamplingParamsBuilder all() {
    number("temperature", builder::temperature);
    number("top_p", builder::topP);
    number("min_p", builder::minP);
    number("repetition_penalty", builder::repetitionPenalty);
    number("presence_penalty", builder::presencePenalty);
    number("frequency_penalty", builder::frequencyPenalty);
    fields.integer("top_k").or(() -> model.defaults().get("top_k").map(Double::intValue)).ifPresent(builder::topK);
    fields.integer("n").ifPresent(builder::n);
    fields.integer("min_tokens").ifPresent(builder::minTokens);
    // A request without a seed gets a random one here, so that a retry gives the same tokens.
    builder.seed(fields.longInteger("seed").orElseGet(() -> ThreadLocalRandom.current().nextLong()));
    builder.ignoreEos(fields.flag("ignore_eos", false));
    builder.includeStop(fields.flag("include_stop_str_in_output", false));
    builder.stop(stop());
    builder.stopTokenIds(tokenIds("stop_token_ids"));
    builder.logitBias(logitBias());
    return builder;
  }

  private void number(String name, Consumer<Float> setter) {
    fields.number(name).or(() -> model.defaults().get(name)).ifPresent(value -> setter.accept(value.floatValue()));
  }

  private List<String> stop() {
    Optional<JsonNode> stop = fields.get("stop");
    if (stop.isEmpty()) {
      return List.of();
    }
    if (stop.get().isTextual()) {
      return List.of(fields.characters("stop", stop.get()));
    }
    fields.check(stop.get().isArray(), "stop", "a string or a list of strings", stop.get());
    List<String> all = new ArrayList<>();
    for (JsonNode text : stop.get()) {
      String name = "stop[" + all.size() + "]";
      fields.check(text.isTextual(), name, "a string", text);
      all.add(fields.characters(name, text));
    }
    return all;
  }

  private List<Integer> tokenIds(String name) {
    List<Integer> ids = fields.integers(name).orElse(List.of());
    ids.forEach(id -> checkToken(name, id));
    return ids;
  }

  private Map<Integer, Float> logitBias() {
    Optional<JsonNode> bias = fields.get("logit_bias");
    if (bias.isEmpty()) {
      return Map.of();
    }
    fields.check(bias.get().isObject(), "logit_bias", "an object of token id to number", bias.get());
    Map<Integer, Float> all = new HashMap<>();
    bias.get().properties().forEach(entry -> {
      String name = "logit_bias." + entry.getKey();
      fields.check(entry.getValue().isNumber(), name, "a number", entry.getValue());
      if (Float.isInfinite(entry.getValue().floatValue())) {
        throw fields.outOfRange(name, entry.getValue());
      }
      all.put(tokenKey(name, entry.getKey()), entry.getValue().floatValue());
    });
    return all;
  }

  private int tokenKey(String name, String key) {
    try {
      int id = Integer.parseInt(key);
      checkToken(name, id);
      return id;
    } catch (NumberFormatException e) {
      throw fields.wrong(name, "invalid_value", "logit_bias takes token ids as keys, got " + key + ".");
    }
  }

  private void checkToken(String name, int id) {
    if (id < 0 || id >= model.tokenizer().vocabularySize()) {
      throw fields.wrong(name, "invalid_value", name + " holds token id " + id + "; the model has ids 0 to "
          + (model.tokenizer().vocabularySize() - 1) + ".");
    }
  }

  /** Checks everything but the length, so that a bad request wakes nothing. */
  static void check(Fields fields, SamplingParamsBuilder sampling, int maxTokens) {
    try {
      sampling.maxTokens(maxTokens).build();
    } catch (InvalidParameterException e) {
      throw Refusal.invalid(e.parameter(), e.code(), asWritten(fields, e));
    }
  }

  /** The complaint with the number as the caller wrote it, not as the nearest float. */
  private static String asWritten(Fields fields, InvalidParameterException e) {
    int got = e.getMessage().lastIndexOf(GOT);
    Optional<JsonNode> given = fields.get(e.parameter());
    if (got < 0 || given.isEmpty()) {
      return e.getMessage();
    }
    String shown = e.getMessage().substring(got + GOT.length());
    return Stream.concat(given.stream().filter(JsonNode::isNumber), given.get().valueStream()
            .filter(value -> shown.equals(Double.toString(value.floatValue()))))
        .findFirst().map(value -> e.getMessage().substring(0, got) + GOT + value.asText()).orElse(e.getMessage());
  }

  /**
   * @throws Refusal naming the parameter out of range
   */
  public static SamplingParams build(SamplingParamsBuilder sampling, int maxTokens) {
    try {
      return sampling.maxTokens(maxTokens).build();
    } catch (InvalidParameterException e) {
      throw Refusal.invalid(e.parameter(), e.code(), e.getMessage());
    }
  }
}

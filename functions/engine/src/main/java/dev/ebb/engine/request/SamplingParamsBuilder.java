package dev.ebb.engine.request;

import java.util.List;
import java.util.Map;

/** Collects sampling parameters; {@link #build()} validates them, each by its public name. */
public final class SamplingParamsBuilder {
  // What is looked through for every token is bounded, since all requests wait for it.
  private static final int STOPS_MAX = 16;
  private static final int STOP_CHARACTERS_MAX = 1024;
  /** As many as vLLM takes addends. */
  private static final int NAMED_TOKENS_MAX = 1024;

  private int n = 1;
  private int maxTokens = 16;
  private int minTokens;
  private float temperature = 1;
  private float topP = 1;
  private int topK;
  private float minP;
  private float repetitionPenalty = 1;
  private float presencePenalty;
  private float frequencyPenalty;
  private Map<Integer, Float> logitBias = Map.of();
  private long seed;
  private List<String> stop = List.of();
  private List<Integer> stopTokenIds = List.of();
  private boolean ignoreEos;
  private boolean includeStop;
  private int logprobs = -1;
  private int promptLogprobs = -1;

  SamplingParamsBuilder() {}

  public SamplingParamsBuilder n(int value) {
    n = value;
    return this;
  }

  public SamplingParamsBuilder maxTokens(int value) {
    maxTokens = value;
    return this;
  }

  public SamplingParamsBuilder minTokens(int value) {
    minTokens = value;
    return this;
  }

  public SamplingParamsBuilder temperature(float value) {
    temperature = value;
    return this;
  }

  public SamplingParamsBuilder topP(float value) {
    topP = value;
    return this;
  }

  /** -1, as some clients send, means all as 0 does. */
  public SamplingParamsBuilder topK(int value) {
    topK = value == -1 ? 0 : value;
    return this;
  }

  public SamplingParamsBuilder minP(float value) {
    minP = value;
    return this;
  }

  public SamplingParamsBuilder repetitionPenalty(float value) {
    repetitionPenalty = value;
    return this;
  }

  public SamplingParamsBuilder presencePenalty(float value) {
    presencePenalty = value;
    return this;
  }

  public SamplingParamsBuilder frequencyPenalty(float value) {
    frequencyPenalty = value;
    return this;
  }

  public SamplingParamsBuilder logitBias(Map<Integer, Float> value) {
    logitBias = Map.copyOf(value);
    return this;
  }

  public SamplingParamsBuilder seed(long value) {
    seed = value;
    return this;
  }

  public SamplingParamsBuilder stop(List<String> value) {
    stop = List.copyOf(value);
    return this;
  }

  /** In any order, each as often as one likes. */
  public SamplingParamsBuilder stopTokenIds(List<Integer> value) {
    stopTokenIds = value.stream().sorted().distinct().toList();
    return this;
  }

  public SamplingParamsBuilder ignoreEos(boolean value) {
    ignoreEos = value;
    return this;
  }

  public SamplingParamsBuilder includeStop(boolean value) {
    includeStop = value;
    return this;
  }

  public SamplingParamsBuilder logprobs(int value) {
    logprobs = value;
    return this;
  }

  public SamplingParamsBuilder promptLogprobs(int value) {
    promptLogprobs = value;
    return this;
  }

  /**
   * @throws InvalidParameterException naming the first parameter out of range
   */
  public SamplingParams build() {
    range("n", n, 1, 128);
    range("max_tokens", maxTokens, 0, Integer.MAX_VALUE);
    range("min_tokens", minTokens, 0, maxTokens);
    range("temperature", temperature, 0, 2);
    check("top_p", topP > 0 && topP <= 1, "must be in (0, 1], got " + topP);
    range("top_k", topK, 0, Integer.MAX_VALUE);
    range("min_p", minP, 0, 1);
    check("repetition_penalty", repetitionPenalty > 0 && repetitionPenalty <= 10,
        "must be in (0, 10], got " + repetitionPenalty);
    range("presence_penalty", presencePenalty, -2, 2);
    range("frequency_penalty", frequencyPenalty, -2, 2);
    atMost("logit_bias", logitBias.size(), NAMED_TOKENS_MAX, "tokens");
    logitBias.forEach((token, bias) -> range("logit_bias", bias, -100, 100));
    check("stop", stop.size() <= STOPS_MAX && stop.stream().noneMatch(String::isEmpty),
        "takes at most " + STOPS_MAX + " texts, none empty");
    atMost("stop", stop.stream().mapToInt(String::length).max().orElse(0), STOP_CHARACTERS_MAX, "characters a text");
    atMost("stop_token_ids", stopTokenIds.size(), NAMED_TOKENS_MAX, "different tokens");
    range("logprobs", logprobs, -1, 20);
    range("prompt_logprobs", promptLogprobs, -1, 20);
    return new SamplingParams(n, maxTokens, minTokens, temperature, topP, topK, minP, repetitionPenalty,
        presencePenalty, frequencyPenalty, logitBias, seed, stop, stopTokenIds, ignoreEos, includeStop,
        logprobs, promptLogprobs);
  }

  private static void range(String name, double value, double min, double max) {
    // Written so that NaN fails too.
    check(name, value >= min && value <= max, "must be between " + plain(min) + " and " + plain(max)
        + ", got " + plain(value));
  }

  private static void atMost(String name, int count, int most, String of) {
    check(name, count <= most, "takes at most " + most + " " + of + ", got " + count);
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static void check(String name, boolean valid, String complaint) {
    if (!valid) {
      throw new InvalidParameterException(name, name + " " + complaint);
    }
  }
}

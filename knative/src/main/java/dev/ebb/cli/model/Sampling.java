package dev.ebb.cli.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Sampling that suits a model; what is null is left to the server.
 *
 * @param temperature 0 is greedy
 * @param topP share of the probability that is drawn from, above 0 and at most 1
 */
public record Sampling(Double temperature, @JsonProperty("top_p") Double topP) {
  /** Leaves everything to the server. */
  public static final Sampling NONE = new Sampling(null, null);
}

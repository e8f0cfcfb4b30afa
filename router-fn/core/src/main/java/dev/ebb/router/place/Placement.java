package dev.ebb.router.place;

import java.util.Locale;

/**
 * Where a request goes.
 *
 * @param prefill whether prefill computes the prompt; else decode does
 * @param uncachedTokens prompt tokens that no function is known to hold
 * @param reason why
 */
public record Placement(boolean prefill, int uncachedTokens, Reason reason) {

  /** Why a request was placed as it was. */
  public enum Reason {
    /** Every full block of the prompt was seen before. */
    FULL_PREFIX_HIT,
    /** Too little is left to compute to be worth a hand-off. */
    SHORT_SUFFIX,
    /** Much is left to compute: prefill's work. */
    LONG_SUFFIX,
    /** Several answers share one prompt; a hand-off carries one first token only. */
    SEVERAL_ANSWERS,
    /** Log-probabilities of the prompt come from the function that answers. */
    PROMPT_LOGPROBS,
    /** No token is to be generated. */
    NO_ANSWER,
    /** Prefill's work, but prefill waits for quota and decode does not: decode serves alone. */
    DECODE_ALONE;

    /** Lower-case name, used as metric label. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The same request while there is decode and no prefill. */
  public Placement alone() {
    return prefill ? new Placement(false, uncachedTokens, Reason.DECODE_ALONE) : this;
  }

  /** As the {@code x-ebb-placement} header says it. */
  public String label() {
    return prefill ? "prefill+decode" : "decode";
  }
}

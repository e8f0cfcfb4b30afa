package dev.ebb.router.app.model;

import dev.ebb.engine.tokenizer.Tokenizer;
import java.util.Optional;

/**
 * One model as the router knows it.
 *
 * @param id name in the API
 * @param tokenizer text to tokens and back
 * @param templateSource the chat template's source, where the model has one
 * @param maxModelLen tokens of prompt and answer together
 * @param fingerprint identity of the weights
 * @param defaults the model's own sampling defaults
 * @param createdSeconds when the file was last changed, in Unix seconds
 */
public record ServedModel(
    String id,
    Tokenizer tokenizer,
    Optional<String> templateSource,
    int maxModelLen,
    String fingerprint,
    SamplingDefaults defaults,
    long createdSeconds) {

  /** The {@code system_fingerprint} of answers: equal for equal weights. */
  public String systemFingerprint() {
    return "fp_" + fingerprint.substring(0, Math.min(10, fingerprint.length()));
  }
}

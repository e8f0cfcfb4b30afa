package dev.ebb.cli.model;

import dev.ebb.cli.CliException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * A model hub that speaks as huggingface.co does.
 *
 * @param endpoint base address, without a slash at the end
 * @param token sent to the endpoint's own host only; empty for none
 * @param retryDelay wait before the first retry, doubled for each further one
 * @param silenceMax longest time without a byte before a connection counts as broken
 */
record Hub(URI endpoint, String token, Duration retryDelay, Duration silenceMax) {
  private static final String ENDPOINT_DEFAULT = "https://huggingface.co";

  /** The hub of {@code HF_ENDPOINT} and {@code HF_TOKEN}. */
  static Hub of(Map<String, String> env) {
    String endpoint = env.getOrDefault("HF_ENDPOINT", "").strip();
    if (endpoint.isEmpty()) {
      endpoint = ENDPOINT_DEFAULT;
    }
    if (!endpoint.matches("https?://[^/].*")) {
      throw new CliException("HF_ENDPOINT is '" + endpoint + "'; it must begin with http:// or https://");
    }
    URI base = URI.create(endpoint.replaceFirst("/+$", ""));
    return new Hub(base, env.getOrDefault("HF_TOKEN", "").strip(), Duration.ofSeconds(1), Duration.ofSeconds(60));
  }

  /** Address of a file of a repository's main branch. */
  URI file(String repository, String file) {
    return URI.create(endpoint + "/" + repository + "/resolve/main/" + file);
  }

  /** Whether an address may see the token. */
  boolean isOwn(URI address) {
    return address.getScheme().equals(endpoint.getScheme()) && address.getAuthority().equals(endpoint.getAuthority());
  }
}

package dev.ebb.it.perplexity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Figures recorded from llama.cpp, {@code perplexity.json}.
 *
 * @param textSha256 digest of the text
 * @param tokens tokens of the whole text
 * @param tokenIdsSha256 digest of all ids in decimal, separated by commas
 * @param windowTokens tokens of a window
 */
record Recorded(String textSha256, int tokens, String tokenIdsSha256, int windowTokens, JsonNode runs) {

  /**
   * One measurement.
   *
   * @param windows windows from the start of the text
   * @param perplexity of llama.cpp on the same file
   * @param perplexityF32 of llama.cpp on the same weights written out as floats
   */
  record Run(int windows, double perplexity, double perplexityF32) {}

  static Recorded load() {
    try {
      JsonNode root = Api.JSON.readTree(Workspace.resource("perplexity.json").toFile());
      return new Recorded(root.at("/text/sha256").asText(), root.get("tokens").asInt(),
          root.get("token_ids_sha256").asText(), root.get("window_tokens").asInt(), root.get("runs"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Run run(int windows) {
    for (JsonNode run : runs) {
      if (run.get("chunks").asInt() == windows) {
        return new Run(windows, run.get("perplexity").asDouble(), run.get("perplexity_dequantised_f32").asDouble());
      }
    }
    throw new IllegalArgumentException("no recorded run of " + windows + " windows");
  }
}

package dev.ebb.cli;

import dev.ebb.cli.client.ChatRequest;
import dev.ebb.cli.model.Registry;
import dev.ebb.cli.model.Sampling;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of one question. */
final class AskOptions {
  @Option(names = "--max-tokens", paramLabel = "N", description = "Longest answer")
  Integer maxTokens;

  @Option(names = "--temperature", paramLabel = "T", description = "0 is greedy. Default: the model's")
  Double temperature;

  @Option(names = "--top-p", paramLabel = "P", description = "Draws from this share, to 1. Default: the model's")
  Double topP;

  @Option(names = "--seed", paramLabel = "N", description = "Makes a sampled answer repeatable")
  Long seed;

  @Option(names = "--system", paramLabel = "TEXT", description = "System message")
  String system;

  /** The question; sampling that was not asked for is what the catalogue says of the model. */
  ChatRequest request(String model, List<ChatRequest.Message> messages) {
    Sampling usual = Registry.load().sampling(model);
    return new ChatRequest(model, messages, true, maxTokens,
        temperature != null ? temperature : usual.temperature(), topP != null ? topP : usual.topP(), seed);
  }

  List<ChatRequest.Message> opening() {
    return system == null ? List.of() : List.of(new ChatRequest.Message("system", system));
  }
}

package dev.ebb.cli;

import dev.ebb.cli.client.ChatRequest;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of one question. */
final class AskOptions {
  @Option(names = "--max-tokens", paramLabel = "N", description = "Longest answer")
  Integer maxTokens;

  @Option(names = "--temperature", paramLabel = "T", description = "0 is greedy. Default: the model's")
  Double temperature;

  @Option(names = "--seed", paramLabel = "N", description = "Makes a sampled answer repeatable")
  Long seed;

  @Option(names = "--system", paramLabel = "TEXT", description = "System message")
  String system;

  ChatRequest request(String model, List<ChatRequest.Message> messages) {
    return new ChatRequest(model, messages, true, maxTokens, temperature, seed);
  }

  List<ChatRequest.Message> opening() {
    return system == null ? List.of() : List.of(new ChatRequest.Message("system", system));
  }
}

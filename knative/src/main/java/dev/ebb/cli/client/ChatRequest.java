package dev.ebb.cli.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** Body of {@code POST /v1/chat/completions}; what is null is left to the server. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ChatRequest(
    String model,
    List<Message> messages,
    boolean stream,
    @JsonProperty("max_tokens") Integer maxTokens,
    Double temperature,
    @JsonProperty("top_p") Double topP,
    Long seed) {

  /** One turn. */
  public record Message(String role, String content) {}

  /** The same request, streamed or not. */
  public ChatRequest streamed(boolean wanted) {
    return new ChatRequest(model, messages, wanted, maxTokens, temperature, topP, seed);
  }
}

package dev.ebb.router.request;

import java.util.List;
import java.util.Map;

/** A prompt as the caller wrote it. */
public sealed interface Prompt {

  /** Plain text. */
  record Text(String text) implements Prompt {}

  /** Token ids, used as they are. */
  record Tokens(int[] ids) implements Prompt {}

  /**
   * A conversation, to be rendered by the model's template.
   *
   * @param messages each with {@code role}, {@code content} and what else the template may read
   * @param addGenerationPrompt whether the template opens the assistant's turn
   * @param continueFinalMessage whether the last message is left open, to be continued
   * @param extras further template variables
   */
  record Chat(
      List<Map<String, Object>> messages,
      boolean addGenerationPrompt,
      boolean continueFinalMessage,
      Map<String, Object> extras)
      implements Prompt {}
}

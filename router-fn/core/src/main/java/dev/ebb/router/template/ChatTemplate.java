package dev.ebb.router.template;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's chat template. Nothing is parsed and no class of the template engine is loaded before
 * the first render, so that a start does not pay for it. Thread-safe.
 */
public final class ChatTemplate {
  private static final Duration TIME_MAX = Duration.ofSeconds(2);
  private static final int CHARACTERS_MAX = 8 << 20;

  private final String source;
  private final Duration timeMax;
  private final int charactersMax;
  private final Clock clock;
  private volatile TemplateProgram program;

  private ChatTemplate(String source, Duration timeMax, int charactersMax, Clock clock) {
    this.source = source;
    this.timeMax = timeMax;
    this.charactersMax = charactersMax;
    this.clock = clock;
  }

  /** A template with the usual limits: two seconds and eight million characters of output. */
  public static ChatTemplate of(String source) {
    return new ChatTemplate(source, TIME_MAX, CHARACTERS_MAX, Clock.systemDefaultZone());
  }

  /** The same template with other limits on one render; all its values together may be 16 times the output. */
  public ChatTemplate limitedTo(Duration time, int characters) {
    return new ChatTemplate(source, time, characters, clock);
  }

  /** The same template with another clock for {@code strftime_now}. */
  public ChatTemplate withClock(Clock other) {
    return new ChatTemplate(source, timeMax, charactersMax, other);
  }

  /** The template's source. */
  public String source() {
    return source;
  }

  /**
   * Renders a conversation.
   *
   * @param messages as in the API: {@code role}, {@code content}, {@code tool_calls}...; values are
   *     strings, numbers, booleans, null, lists and maps with string keys
   * @param addGenerationPrompt whether to end with the beginning of the assistant's turn
   * @param extra further variables, such as {@code tools}, {@code bos_token}, {@code eos_token} and
   *     {@code enable_thinking}
   * @throws TemplateException when the template refuses the messages, is wrong, or exceeds a limit
   */
  public String render(
      List<Map<String, Object>> messages, boolean addGenerationPrompt, Map<String, Object> extra) {
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("messages", messages);
    variables.put("add_generation_prompt", addGenerationPrompt);
    variables.put("tools", null);
    variables.put("documents", null);
    variables.putAll(extra);
    return program().render(variables, timeMax, charactersMax, clock);
  }

  private TemplateProgram program() {
    TemplateProgram ready = program;
    if (ready == null) {
      synchronized (this) {
        ready = program;
        if (ready == null) {
          ready = TemplateProgram.compile(source);
          program = ready;
        }
      }
    }
    return ready;
  }
}

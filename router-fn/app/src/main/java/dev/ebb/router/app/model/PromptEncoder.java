package dev.ebb.router.app.model;

import dev.ebb.router.request.Prompt;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.template.ChatTemplate;
import dev.ebb.router.template.TemplateException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Prompts to token ids. Templates are compiled at their first use, so that a start does not pay for them. */
@ApplicationScoped
public class PromptEncoder {
  private static final String END_MARK = "EBB_THE_LAST_MESSAGE_ENDS_HERE";

  private final Map<String, ChatTemplate> templates = new ConcurrentHashMap<>();
  private final Map<String, Integer> longestToken = new ConcurrentHashMap<>();

  /**
   * Token ids of a prompt.
   *
   * @throws Refusal when a conversation cannot be rendered
   */
  public int[] encode(ServedModel model, Prompt prompt, boolean addSpecialTokens) {
    // Special tokens written out in a prompt become what they name, as in vLLM: prompts are made of them.
    return prompt instanceof Prompt.Tokens tokens ? tokens.ids()
        : model.tokenizer().encode(text(model, prompt), addSpecialTokens, true);
  }

  /**
   * As {@link #encode}, but a text so long that it cannot fit the context, whatever its tokens, is refused before the
   * time and memory for them are spent.
   *
   * @param parameter what the caller named the prompt
   * @throws Refusal when it is too long, or a conversation cannot be rendered
   */
  public int[] encodeFitting(ServedModel model, Prompt prompt, boolean addSpecialTokens, String parameter) {
    if (prompt instanceof Prompt.Tokens tokens) {
      return tokens.ids();
    }
    String text = text(model, prompt);
    long most = (long) model.maxModelLen() * longestToken.computeIfAbsent(model.fingerprint(), key -> longest(model));
    if (text.length() > most) {
      throw Refusal.invalid(parameter, "context_length_exceeded", "This model's maximum context length is "
          + model.maxModelLen() + " tokens, and the " + parameter + " of " + text.length()
          + " characters cannot fit. Please reduce its length.");
    }
    return model.tokenizer().encode(text, addSpecialTokens, true);
  }

  /** Bytes of the longest token: no token stands for more characters. */
  private static int longest(ServedModel model) {
    return IntStream.range(0, model.tokenizer().vocabularySize())
        .map(token -> model.tokenizer().bytes(token, true).length).max().orElse(1);
  }

  /** The text of a prompt, as an echo repeats it. */
  public String text(ServedModel model, Prompt prompt) {
    return switch (prompt) {
      case Prompt.Tokens tokens -> model.tokenizer().decode(tokens.ids(), true);
      case Prompt.Text text -> text.text();
      case Prompt.Chat chat -> render(model, chat);
    };
  }

  private String render(ServedModel model, Prompt.Chat chat) {
    String source = model.templateSource().orElseThrow(() -> Refusal.invalid("messages", "no_chat_template",
        "The model " + model.id() + " has no chat template; send a prompt to /v1/completions instead."));
    Map<String, Object> extras = new HashMap<>();
    extras.put("bos_token", special(model, model.tokenizer().bos()));
    extras.put("eos_token", special(model, model.tokenizer().eos()));
    extras.putAll(chat.extras());
    try {
      String text = templates.computeIfAbsent(source, ChatTemplate::of)
          .render(chat.continueFinalMessage() ? marked(chat.messages()) : chat.messages(),
              chat.addGenerationPrompt(), extras);
      return chat.continueFinalMessage() ? leaveOpen(text, chat.messages().getLast()) : text;
    } catch (TemplateException e) {
      throw Refusal.invalid("messages", "chat_template_error",
          "The model's chat template refuses these messages: " + e.getMessage());
    }
  }

  private static String special(ServedModel model, int token) {
    return token < 0 ? "" : model.tokenizer().piece(token);
  }

  /** The messages with a mark at the end of the last one: its own text may also be a part of what comes after it. */
  private static List<Map<String, Object>> marked(List<Map<String, Object>> messages) {
    List<Map<String, Object>> marked = new ArrayList<>(messages);
    Map<String, Object> last = new LinkedHashMap<>(messages.getLast());
    last.put("content", last.get("content") + END_MARK + " ");
    marked.set(marked.size() - 1, last);
    return marked;
  }

  /**
   * Cuts what the template put after the last message's text, so that the answer goes on with it. Where the template
   * trims, which the mark's own space shows, the text is what it would have been: without blanks at its end.
   */
  private static String leaveOpen(String rendered, Map<String, Object> last) {
    int end = rendered.lastIndexOf(END_MARK);
    String content = String.valueOf(last.get("content")).stripLeading();
    if (end < 0 || !rendered.startsWith(content, end - content.length())) {
      throw Refusal.invalid("continue_final_message", "chat_template_error",
          "The model's chat template changes the last message, so it cannot be continued.");
    }
    String open = rendered.substring(0, end);
    return rendered.startsWith(" ", end + END_MARK.length()) ? open : open.stripTrailing();
  }
}

package dev.ebb.router.app.model;

import dev.ebb.router.request.Prompt;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.template.ChatTemplate;
import dev.ebb.router.template.TemplateException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Prompts to token ids. Templates are compiled at their first use, so that a start does not pay for them. */
@ApplicationScoped
public class PromptEncoder {
  private final Map<String, ChatTemplate> templates = new ConcurrentHashMap<>();

  /**
   * @throws Refusal when a conversation cannot be rendered
   */
  public int[] encode(ServedModel model, Prompt prompt, boolean addSpecialTokens) {
    return switch (prompt) {
      case Prompt.Tokens tokens -> tokens.ids();
      // Special tokens written out in a prompt become what they name, as in vLLM: prompts are made of them.
      case Prompt.Text text -> model.tokenizer().encode(text.text(), addSpecialTokens, true);
      case Prompt.Chat chat -> model.tokenizer().encode(render(model, chat), addSpecialTokens, true);
    };
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
          .render(chat.messages(), chat.addGenerationPrompt(), extras);
      return chat.continueFinalMessage() ? leaveOpen(text, chat.messages()) : text;
    } catch (TemplateException e) {
      throw Refusal.invalid("messages", "chat_template_error",
          "The model's chat template refuses these messages: " + e.getMessage());
    }
  }

  private static String special(ServedModel model, int token) {
    return token < 0 ? "" : model.tokenizer().piece(token);
  }

  /** Cuts what the template put after the last message's text, so that the answer goes on with it. */
  private static String leaveOpen(String rendered, List<Map<String, Object>> messages) {
    String last = (String) messages.getLast().get("content");
    int begin = rendered.lastIndexOf(last.strip());
    if (begin < 0) {
      throw Refusal.invalid("continue_final_message", "chat_template_error",
          "The model's chat template changes the last message, so it cannot be continued.");
    }
    String kept = last.stripLeading();
    return rendered.startsWith(kept, begin)
        ? rendered.substring(0, begin + kept.length())
        : rendered.substring(0, begin + last.strip().length());
  }
}

package dev.ebb.router.app.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.router.app.model.ServedModel;
import dev.ebb.router.request.Prompt;
import dev.ebb.router.request.Refusal;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code prompt}: a string, a list of strings, a list of token ids, or a list of such lists. */
final class Prompts {
  private static final int PROMPTS_MAX = 2048;
  /** Of one request, which is served before those that come after it. */
  private static final int ANSWERS_MAX = 2048;
  private static final String EXPECTED = "a string, a list of strings, a list of token ids or a list of such lists";

  private final Fields fields;
  private final ServedModel model;

  private Prompts(Fields fields, ServedModel model) {
    this.fields = fields;
    this.model = model;
  }

  /**
   * @throws Refusal when it is missing, empty, of another shape, or holds a token id out of range
   */
  static List<Prompt> read(Fields fields, ServedModel model) {
    JsonNode value = fields.get("prompt").orElseThrow(() -> fields.missing("prompt"));
    return new Prompts(fields, model).prompts(value);
  }

  private List<Prompt> prompts(JsonNode value) {
    if (value.isTextual()) {
      return List.of(new Prompt.Text(fields.characters("prompt", value)));
    }
    fields.check(value.isArray(), "prompt", EXPECTED, value);
    if (value.isEmpty()) {
      throw fields.wrong("prompt", "empty_array", "prompt must not be an empty list.");
    }
    if (value.get(0).isNumber()) {
      return List.of(new Prompt.Tokens(tokens("prompt", value)));
    }
    if (value.size() > PROMPTS_MAX) {
      throw fields.wrong("prompt", "invalid_value", "prompt takes at most " + PROMPTS_MAX + " prompts.");
    }
    fields.integer("n").filter(n -> (long) n * value.size() > ANSWERS_MAX).ifPresent(n -> {
      throw fields.wrong("n", "invalid_value", "n is " + n + ", which for " + value.size() + " prompts makes "
          + (long) n * value.size() + " answers; one request takes at most " + ANSWERS_MAX + ".");
    });
    List<Prompt> all = new ArrayList<>(value.size());
    for (JsonNode element : value) {
      all.add(one("prompt[" + all.size() + "]", element));
    }
    return all;
  }

  private Prompt one(String name, JsonNode element) {
    if (element.isTextual()) {
      return new Prompt.Text(fields.characters(name, element));
    }
    fields.check(element.isArray(), name, "a string or a list of token ids", element);
    return new Prompt.Tokens(tokens(name, element));
  }

  private int[] tokens(String name, JsonNode list) {
    int[] ids = new int[list.size()];
    int vocabulary = model.tokenizer().vocabularySize();
    for (int i = 0; i < ids.length; i++) {
      ids[i] = fields.integer(name + "[" + i + "]", list.get(i));
      if (ids[i] < 0 || ids[i] >= vocabulary) {
        throw fields.wrong(name + "[" + i + "]", "invalid_value",
            name + "[" + i + "] is " + ids[i] + "; the model has token ids 0 to " + (vocabulary - 1) + ".");
      }
    }
    return ids;
  }
}

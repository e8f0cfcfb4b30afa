package dev.ebb.router.app.openai;

import dev.ebb.router.app.model.ModelCatalog;
import dev.ebb.router.app.model.ServedModel;
import dev.ebb.router.request.Prompt;
import dev.ebb.router.request.Refusal;
import java.util.List;
import java.util.Set;

/**
 * A body of {@code /tokenize}.
 *
 * @param addSpecialTokens default true for a prompt, false for messages, whose template has them
 */
public record TokenizeBody(ServedModel model, Prompt prompt, boolean addSpecialTokens, boolean tokenTexts) {

  /**
   * @throws Refusal naming what is wrong with it
   */
  public static TokenizeBody read(byte[] body, ModelCatalog catalog) {
    Fields fields = Fields.parse(body);
    ServedModel model = catalog.get(fields.text("model").orElse(null));
    Unsupported.refuse(fields);
    boolean chat = fields.has("messages");
    Prompt prompt = chat
        ? BodyReader.conversation(fields)
        : new Prompt.Text(fields.text("prompt").orElseThrow(() -> fields.missing("prompt")));
    TokenizeBody read = new TokenizeBody(
        model, prompt, fields.flag("add_special_tokens", !chat), fields.flag("return_token_strs", false));
    fields.refuseOthers(Unsupported.IGNORED);
    return read;
  }

  /**
   * The token ids of a {@code /detokenize} body, with the model they belong to.
   *
   * @throws Refusal naming what is wrong with it
   */
  public static Detokenize readDetokenize(byte[] body, ModelCatalog catalog) {
    Fields fields = Fields.parse(body);
    ServedModel model = catalog.get(fields.text("model").orElse(null));
    List<Integer> tokens = fields.integers("tokens").orElseThrow(() -> fields.missing("tokens"));
    int vocabulary = model.tokenizer().vocabularySize();
    for (int token : tokens) {
      if (token < 0 || token >= vocabulary) {
        throw fields.wrong("tokens", "invalid_value",
            "tokens holds id " + token + "; the model has ids 0 to " + (vocabulary - 1) + ".");
      }
    }
    fields.refuseOthers(Set.of());
    return new Detokenize(model, tokens.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Token ids to turn into text. */
  public record Detokenize(ServedModel model, int[] tokens) {}
}

package dev.ebb.router.app.reply;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.engine.request.TokenLogprobs;
import java.util.List;

/**
 * {@code logprobs} of a completion: four lists, an element a token. Offsets count characters from the beginning of
 * the choice's text.
 */
record CompletionLogprobs(TokenTexts texts, int top) {

  /**
   * @param tokens one per token; the first token of a prompt has null, and is then {@code firstToken}
   * @param offset characters of the text before them
   */
  ObjectNode node(List<TokenLogprobs> tokens, int firstToken, int offset) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode offsets = node.putArray("text_offset");
    ArrayNode logprobs = node.putArray("token_logprobs");
    ArrayNode names = node.putArray("tokens");
    ArrayNode alternatives = node.putArray("top_logprobs");
    int at = offset;
    for (TokenLogprobs token : tokens) {
      String text = texts.text(token == null ? firstToken : token.token());
      offsets.add(at);
      names.add(text);
      at += characters(text);
      if (token == null) {
        logprobs.addNull();
        alternatives.addNull();
      } else {
        logprobs.add(TokenTexts.finite(token.logprob()));
        alternatives.add(best(token));
      }
    }
    return node;
  }

  /** The chosen token and the best ones, by text; of two tokens with one text the likelier is kept. */
  private ObjectNode best(TokenLogprobs token) {
    ObjectNode best = JsonNodeFactory.instance.objectNode();
    best.put(texts.text(token.token()), TokenTexts.finite(token.logprob()));
    for (int i = 0; i < Math.min(top, token.topTokens().length); i++) {
      String text = texts.text(token.topTokens()[i]);
      float logprob = TokenTexts.finite(token.topLogprobs()[i]);
      if (!best.has(text) || best.get(text).floatValue() < logprob) {
        best.put(text, logprob);
      }
    }
    return best;
  }

  /** Characters that the tokens of a list take. */
  int length(List<TokenLogprobs> tokens) {
    return tokens.stream().mapToInt(token -> characters(texts.text(token.token()))).sum();
  }

  /** As Python counts them, whose users the offsets are for. */
  static int characters(String text) {
    return text.codePointCount(0, text.length());
  }
}

package dev.ebb.router.app.reply;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.engine.request.TokenLogprobs;
import java.util.List;

/** {@code logprobs} of a chat answer: one entry a token, with its alternatives. */
record ChatLogprobs(TokenTexts texts, int top) {

  ObjectNode node(List<TokenLogprobs> tokens) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode content = node.putArray("content");
    for (TokenLogprobs token : tokens) {
      ObjectNode entry = entry(token.token(), token.logprob());
      ArrayNode alternatives = entry.putArray("top_logprobs");
      for (int i = 0; i < Math.min(top, token.topTokens().length); i++) {
        alternatives.add(entry(token.topTokens()[i], token.topLogprobs()[i]));
      }
      content.add(entry);
    }
    node.putNull("refusal");
    return node;
  }

  private ObjectNode entry(int token, float logprob) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.put("token", texts.text(token));
    entry.put("logprob", TokenTexts.finite(logprob));
    entry.set("bytes", texts.bytes(token));
    return entry;
  }
}

package dev.ebb.router.app.reply;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.engine.request.TokenLogprobs;
import java.util.List;

/** vLLM's {@code prompt_logprobs}: a list of objects, token id to log-probability, rank and text; null first. */
record PromptLogprobs(TokenTexts texts, int top) {

  ArrayNode node(List<TokenLogprobs> positions) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (TokenLogprobs position : positions) {
      if (position == null) {
        all.addNull();
      } else {
        all.add(entry(position));
      }
    }
    return all;
  }

  private ObjectNode entry(TokenLogprobs position) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    put(entry, position.token(), position.logprob(), position.rank());
    for (int i = 0; i < Math.min(top, position.topTokens().length); i++) {
      put(entry, position.topTokens()[i], position.topLogprobs()[i], i + 1);
    }
    return entry;
  }

  private void put(ObjectNode entry, int token, float logprob, int rank) {
    entry.putObject(Integer.toString(token))
        .put("logprob", TokenTexts.finite(logprob))
        .put("rank", rank)
        .put("decoded_token", texts.text(token));
  }
}

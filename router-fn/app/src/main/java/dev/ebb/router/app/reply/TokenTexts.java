package dev.ebb.router.app.reply;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ebb.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;

/**
 * How single tokens are shown in log-probabilities.
 *
 * @param asIds as {@code token_id:N} instead of text, for callers that must tell all tokens apart
 */
record TokenTexts(Tokenizer tokenizer, boolean asIds) {

  String text(int token) {
    return asIds ? "token_id:" + token : new String(tokenizer.bytes(token, true), StandardCharsets.UTF_8);
  }

  ArrayNode bytes(int token) {
    ArrayNode bytes = JsonNodeFactory.instance.arrayNode();
    for (byte b : tokenizer.bytes(token, true)) {
      bytes.add(b & 0xff);
    }
    return bytes;
  }

  /** JSON has no infinity; a token without any probability is shown as vLLM shows it. */
  static float finite(float logprob) {
    return Math.max(logprob, -9999f);
  }
}

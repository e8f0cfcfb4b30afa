package dev.ebb.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Decodes one stream of tokens, holding back the bytes of an unfinished character. */
final class Utf8StreamDecoder implements Tokenizer.StreamDecoder {
  private final Tokenizer tokenizer;
  private final boolean renderSpecial;
  private byte[] held = {};

  Utf8StreamDecoder(Tokenizer tokenizer, boolean renderSpecial) {
    this.tokenizer = tokenizer;
    this.renderSpecial = renderSpecial;
  }

  @Override
  public String add(int token) {
    byte[] more = tokenizer.bytes(token, renderSpecial);
    byte[] bytes = more;
    if (held.length > 0) {
      bytes = Arrays.copyOf(held, held.length + more.length);
      System.arraycopy(more, 0, bytes, held.length, more.length);
    }
    int decodable = Utf8.decodable(bytes, bytes.length);
    held = Arrays.copyOfRange(bytes, decodable, bytes.length);
    return new String(bytes, 0, decodable, StandardCharsets.UTF_8);
  }

  @Override
  public String finish() {
    String rest = new String(held, StandardCharsets.UTF_8);
    held = new byte[0];
    return rest;
  }
}

package dev.ebb.engine.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/** A tokenizer over a vocabulary: special tokens around a {@link Segmenter} for the text between. */
final class VocabularyTokenizer implements Tokenizer {
  private static final byte[] NOTHING = {};

  private final TokenizerSpec spec;
  private final Segmenter segmenter;
  private final SpecialTokens special;
  private final SpecialTokens always;
  private final boolean composed;

  VocabularyTokenizer(TokenizerSpec spec, Segmenter segmenter, boolean composed) {
    this.spec = spec;
    this.segmenter = segmenter;
    this.composed = composed;
    this.special = new SpecialTokens(spec.tokens(), spec.types(),
        TokenizerSpec.CONTROL, TokenizerSpec.UNKNOWN, TokenizerSpec.USER_DEFINED);
    // Tokens that a model's author added as text, such as runs of spaces, are no privilege.
    this.always = new SpecialTokens(spec.tokens(), spec.types(), TokenizerSpec.USER_DEFINED);
  }

  @Override
  public int vocabularySize() {
    return spec.tokens().size();
  }

  @Override
  public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    IntList out = new IntList(text.length() / 3);
    if (addSpecial && spec.addBos()) {
      out.add(spec.bos());
    }
    SpecialTokens finder = parseSpecial ? special : always;
    int plain = 0;
    int at = 0;
    while (at < text.length()) {
      int id = finder.longestAt(text, at);
      if (id < 0) {
        at++;
      } else {
        encodePlain(text, plain, at, out);
        out.add(id);
        at += spec.tokens().get(id).length();
        plain = at;
      }
    }
    encodePlain(text, plain, text.length(), out);
    return out.toArray();
  }

  private void encodePlain(String text, int from, int to, IntList out) {
    if (from == to) {
      return;
    }
    if (composed && mayNeedComposing(text, from, to)) {
      String normal = Normalizer.normalize(text.substring(from, to), Normalizer.Form.NFC);
      segmenter.encode(normal, 0, normal.length(), true, out);
    } else {
      segmenter.encode(text, from, to, true, out);
    }
  }

  /** Characters below U+0300 are composed already, and most text has no others. */
  private static boolean mayNeedComposing(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) >= 0x300) {
        return true;
      }
    }
    return false;
  }

  @Override
  public byte[] bytes(int token, boolean renderSpecial) {
    String piece = piece(token);
    byte type = spec.types()[token];
    if (type == TokenizerSpec.UNUSED) {
      return NOTHING;
    }
    if (type == TokenizerSpec.CONTROL || type == TokenizerSpec.UNKNOWN) {
      return renderSpecial ? piece.getBytes(StandardCharsets.UTF_8) : NOTHING;
    }
    return segmenter.bytes(piece, type);
  }

  @Override
  public String decode(int[] tokens, boolean renderSpecial) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(tokens.length * 4);
    for (int token : tokens) {
      bytes.writeBytes(bytes(token, renderSpecial));
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    return spec.addSpacePrefix() && text.startsWith(" ") ? text.substring(1) : text;
  }

  @Override
  public StreamDecoder stream(boolean renderSpecial) {
    return new Utf8StreamDecoder(this, renderSpecial);
  }

  @Override
  public String piece(int token) {
    if (token < 0 || token >= spec.tokens().size()) {
      throw new IllegalArgumentException(
          "token " + token + " is not in the vocabulary (0 to " + (spec.tokens().size() - 1) + ")");
    }
    return spec.tokens().get(token);
  }

  @Override
  public boolean endsGeneration(int token) {
    for (int id : spec.endOfGeneration()) {
      if (id == token) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int bos() {
    return spec.bos();
  }

  @Override
  public int eos() {
    return spec.eos();
  }
}

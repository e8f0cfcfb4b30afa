package dev.ebb.engine.tokenizer;

import java.nio.charset.StandardCharsets;

/** Byte-level BPE: words, their UTF-8 bytes, merges by rank (Sennrich et al., 2016; GPT-2). */
final class ByteLevelBpe implements Segmenter {
  private final PreTokenizer words;
  private final StringTable vocabulary;
  private final int[] byteToken = new int[256];
  private final MergeTable merges;

  ByteLevelBpe(TokenizerSpec spec) {
    this.words = PreTokenizer.named(spec.preTokenizer());
    boolean[] ordinary = SpecialTokens.ordinary(spec.types());
    this.vocabulary = new StringTable(spec.tokens(), ordinary);
    for (int b = 0; b < byteToken.length; b++) {
      byteToken[b] = vocabulary.find(String.valueOf(ByteAlphabet.character(b)));
    }
    this.merges = new MergeTable(spec, ordinary, vocabulary);
  }

  @Override
  public void encode(String text, int from, int to, boolean begins, IntList out) {
    BpeMerger merger = merges.merger();
    int at = from;
    while (at < to) {
      int end = words.end(text, at, to);
      if (!words.wholeWords() || !wholeWord(text, at, end, out)) {
        Utf8.forEachByte(text, at, end, b -> addByte(merger, b));
        merger.finish(out);
      }
      at = end;
    }
  }

  /** A byte that the vocabulary has no token for is left out, as the models' own tokenizers do. */
  private void addByte(BpeMerger merger, int b) {
    if (byteToken[b] >= 0) {
      merger.add(byteToken[b]);
    }
  }

  private boolean wholeWord(String text, int from, int to, IntList out) {
    StringBuilder word = new StringBuilder(to - from);
    Utf8.forEachByte(text, from, to, b -> word.append(ByteAlphabet.character(b)));
    int id = vocabulary.find(word.toString());
    if (id >= 0) {
      out.add(id);
    }
    return id >= 0;
  }

  @Override
  public byte[] bytes(String piece, byte type) {
    return type == TokenizerSpec.USER_DEFINED
        ? piece.getBytes(StandardCharsets.UTF_8)
        : ByteAlphabet.bytes(piece);
  }
}

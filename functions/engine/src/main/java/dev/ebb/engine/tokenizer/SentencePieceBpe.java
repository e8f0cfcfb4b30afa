package dev.ebb.engine.tokenizer;

/**
 * SentencePiece's BPE (Kudo and Richardson, 2018): characters are merged to the vocabulary's piece
 * of the best score, leftmost first; what has no piece falls back to byte tokens.
 */
final class SentencePieceBpe implements Segmenter {
  private final StringTable vocabulary;
  private final float[] scores;
  private final int[] byteToken;
  private final boolean addSpacePrefix;

  SentencePieceBpe(TokenizerSpec spec) {
    this.vocabulary = new StringTable(spec.tokens(), SpecialTokens.ordinary(spec.types()));
    this.scores = spec.scores();
    if (scores.length != spec.tokens().size()) {
      throw new IllegalArgumentException(scores.length + " scores for " + spec.tokens().size() + " tokens");
    }
    this.byteToken = PieceBytes.tokens(spec);
    this.addSpacePrefix = spec.addSpacePrefix();
  }

  @Override
  public void encode(String text, int from, int to, boolean begins, IntList out) {
    String escaped = PieceBytes.escaped(text, from, to, begins && addSpacePrefix);
    PieceMerger merger = new PieceMerger(vocabulary, scores, escaped);
    merger.merge((start, end) -> addPiece(escaped, start, end, out));
  }

  private void addPiece(String text, int from, int to, IntList out) {
    int id = vocabulary.find(text, from, to);
    if (id >= 0) {
      out.add(id);
      return;
    }
    Utf8.forEachByte(text, from, to, b -> {
      if (byteToken[b] >= 0) {
        out.add(byteToken[b]);
      }
    });
  }

  @Override
  public byte[] bytes(String piece, byte type) {
    return PieceBytes.of(piece, type);
  }
}

package dev.ebb.engine.tokenizer;

/**
 * SentencePiece-style BPE given by merges instead of scores, as tokenizer.json files give it: the
 * text's characters, merged by rank, with byte tokens for characters that have no piece.
 */
final class CharacterBpe implements Segmenter {
  private final StringTable vocabulary;
  private final MergeTable merges;
  private final int[] byteToken;
  private final boolean addSpacePrefix;

  CharacterBpe(TokenizerSpec spec) {
    boolean[] ordinary = SpecialTokens.ordinary(spec.types());
    this.vocabulary = new StringTable(spec.tokens(), ordinary);
    this.merges = new MergeTable(spec, ordinary, vocabulary);
    this.byteToken = PieceBytes.tokens(spec);
    this.addSpacePrefix = spec.addSpacePrefix();
  }

  @Override
  public void encode(String text, int from, int to, boolean begins, IntList out) {
    String escaped = PieceBytes.escaped(text, from, to, begins && addSpacePrefix);
    BpeMerger merger = merges.merger();
    for (int at = 0; at < escaped.length(); ) {
      int end = escaped.offsetByCodePoints(at, 1);
      int id = vocabulary.find(escaped, at, end);
      if (id >= 0) {
        merger.add(id);
      } else {
        addBytes(merger, escaped, at, end);
      }
      at = end;
    }
    merger.finish(out);
  }

  private void addBytes(BpeMerger merger, String text, int from, int to) {
    Utf8.forEachByte(text, from, to, b -> {
      if (byteToken[b] >= 0) {
        merger.add(byteToken[b]);
      }
    });
  }

  @Override
  public byte[] bytes(String piece, byte type) {
    return PieceBytes.of(piece, type);
  }
}

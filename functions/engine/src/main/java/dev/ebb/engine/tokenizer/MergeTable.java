package dev.ebb.engine.tokenizer;

import java.util.List;

/** The merges of a vocabulary by pairs of ids; built in one pass, since functions start often. */
final class MergeTable {
  private final TokenizerSpec.Source source;
  private final List<String> tokens;
  private final boolean[] ordinary;
  private final StringTable vocabulary;
  private final PairTable ranks;
  private final int[] merged;

  /**
   * Builds the table.
   *
   * @param ordinary which tokens text can become
   * @throws RuntimeException of the source's kind, naming the merge that is wrong
   */
  MergeTable(TokenizerSpec spec, boolean[] ordinary, StringTable vocabulary) {
    this.source = spec.source();
    this.tokens = spec.tokens();
    this.ordinary = ordinary;
    this.vocabulary = vocabulary;
    List<String> merges = spec.merges();
    this.ranks = new PairTable(merges.size());
    this.merged = new int[merges.size()];
    for (int rank = 0; rank < merged.length; rank++) {
      addMerge(rank, merges.get(rank));
    }
  }

  /** A merger for one call. */
  BpeMerger merger() {
    return new BpeMerger(ranks, merged);
  }

  private void addMerge(int rank, String merge) {
    int space = merge.indexOf(' ', 1);
    if (space < 0 || space == merge.length() - 1) {
      throw source.wrong(TokenizerSpec.Entry.MERGE, rank, "'" + merge + "' is not two tokens");
    }
    int left = token(rank, merge, 0, space);
    int right = token(rank, merge, space + 1, merge.length());
    merged[rank] = product(rank, merge, space);
    ranks.putIfAbsent(left, right, rank);
  }

  private int token(int rank, String merge, int from, int to) {
    int id = vocabulary.find(merge, from, to);
    if (id < 0) {
      throw source.wrong(
          TokenizerSpec.Entry.MERGE, rank, "'" + merge.substring(from, to) + "' is not in the vocabulary");
    }
    return id;
  }

  /** Most vocabularies list the merges' products in rank order, which saves most look-ups. */
  private int product(int rank, String merge, int space) {
    int likely = rank == 0 ? 0 : merged[rank - 1] + 1;
    if (likely < tokens.size() && ordinary[likely] && isProduct(tokens.get(likely), merge, space)) {
      return likely;
    }
    String product = merge.substring(0, space).concat(merge.substring(space + 1));
    return token(rank, product, 0, product.length());
  }

  private static boolean isProduct(String token, String merge, int space) {
    return token.length() == merge.length() - 1
        && token.regionMatches(0, merge, 0, space)
        && token.regionMatches(space, merge, space + 1, token.length() - space);
  }
}

package dev.ebb.engine.tokenizer;

import java.util.Arrays;
import java.util.List;

/** Finds special tokens in text, the longest at each place, by a trie. */
final class SpecialTokens {
  private static final int ROOT = 0;

  private final PairTable children;
  private final int[] idOfNode;
  private int nodes = 1;

  /**
   * @param tokens token strings by id
   * @param types token types by id
   * @param wanted which types to find
   */
  SpecialTokens(List<String> tokens, byte[] types, byte... wanted) {
    int characters = 0;
    for (int id = 0; id < types.length; id++) {
      characters += contains(wanted, types[id]) ? tokens.get(id).length() : 0;
    }
    children = new PairTable(characters);
    idOfNode = new int[characters + 1];
    Arrays.fill(idOfNode, -1);
    for (int id = 0; id < types.length; id++) {
      if (contains(wanted, types[id]) && !tokens.get(id).isEmpty()) {
        insert(tokens.get(id), id);
      }
    }
  }

  /** Which ids text can become without being written out as a special token. */
  static boolean[] ordinary(byte[] types) {
    boolean[] ordinary = new boolean[types.length];
    for (int id = 0; id < types.length; id++) {
      byte type = types[id];
      ordinary[id] = type != TokenizerSpec.CONTROL && type != TokenizerSpec.UNKNOWN
          && type != TokenizerSpec.UNUSED && type != TokenizerSpec.BYTE;
    }
    return ordinary;
  }

  private void insert(String token, int id) {
    int node = ROOT;
    for (int i = 0; i < token.length(); i++) {
      int child = children.get(node, token.charAt(i));
      if (child < 0) {
        child = nodes++;
        children.putIfAbsent(node, token.charAt(i), child);
      }
      node = child;
    }
    idOfNode[node] = id;
  }

  /** Id of the longest special token at {@code from}, or -1. */
  int longestAt(String text, int from) {
    int node = ROOT;
    int found = -1;
    for (int i = from; i < text.length(); i++) {
      node = children.get(node, text.charAt(i));
      if (node < 0) {
        break;
      }
      found = idOfNode[node] >= 0 ? idOfNode[node] : found;
    }
    return found;
  }

  private static boolean contains(byte[] types, byte type) {
    for (byte one : types) {
      if (one == type) {
        return true;
      }
    }
    return false;
  }
}

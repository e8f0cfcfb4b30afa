package dev.ebb.engine.sequence;

import dev.ebb.engine.kv.BlockHash;
import dev.ebb.engine.kv.KvLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Hashes of a sequence's full blocks, computed as tokens come. */
public final class HashChain {
  private final String modelFingerprint;
  private final String salt;
  private final List<BlockHash> hashes;

  public HashChain(String modelFingerprint, String salt) {
    this(modelFingerprint, salt, new ArrayList<>());
  }

  private HashChain(String modelFingerprint, String salt, List<BlockHash> hashes) {
    this.modelFingerprint = modelFingerprint;
    this.salt = salt;
    this.hashes = hashes;
  }

  /** A chain of its own that starts with the first {@code blocks} of this one. */
  HashChain fork(int blocks) {
    return new HashChain(modelFingerprint, salt, new ArrayList<>(hashes.subList(0, blocks)));
  }

  /** Hash of the whole prompt: of what follows its last full block, chained to that block. */
  BlockHash ofPrompt(TokenList tokens) {
    int full = tokens.promptLength() / KvLayout.BLOCK_TOKENS;
    BlockHash parent = full == 0 ? null : upTo(tokens).get(full - 1);
    int from = full * KvLayout.BLOCK_TOKENS;
    return BlockHash.run(parent, tokens.array(), from, tokens.promptLength() - from, modelFingerprint, salt);
  }

  /** Hashes of all full blocks of {@code tokens}, of which this is the chain. */
  List<BlockHash> upTo(TokenList tokens) {
    while ((hashes.size() + 1) * KvLayout.BLOCK_TOKENS <= tokens.size()) {
      BlockHash parent = hashes.isEmpty() ? null : hashes.getLast();
      hashes.add(BlockHash.next(parent, tokens.array(), hashes.size() * KvLayout.BLOCK_TOKENS, modelFingerprint, salt));
    }
    return Collections.unmodifiableList(hashes);
  }
}

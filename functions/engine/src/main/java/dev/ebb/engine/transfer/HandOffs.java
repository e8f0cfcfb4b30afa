package dev.ebb.engine.transfer;

import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.kv.BlockHash;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.request.TokenLogprobs;
import dev.ebb.engine.sequence.BlockTable;
import dev.ebb.engine.sequence.Sequence;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Makes claim checks for sequences of an arena, and takes sequences over by them. */
public final class HandOffs {
  /** Stands where no lease could be had: such a hand-off is never claimed, its prompt is looked up by hash. */
  public static final long NO_LEASE = 0;

  private final Arena arena;

  public HandOffs(Arena arena) {
    this.arena = arena;
  }

  /** Leases the blocks of a computed prompt; the sequence's own hold on them stays until it is removed. */
  public HandOff grant(Sequence sequence, int firstToken, Optional<TokenLogprobs> firstLogprobs, long expiresAtMs) {
    int[] blocks = sequence.blocks().toArray();
    OptionalLong lease;
    try (Arena.Scope scope = arena.scope()) {
      lease = arena.lease(blocks, expiresAtMs);
    }
    return new HandOff(arena.uri(), arena.epoch(), arena.layout().fingerprint(), lease.orElse(NO_LEASE), expiresAtMs,
        blocks, hashes(sequence), sequence.promptHash().hex(), sequence.computed(), firstToken, firstLogprobs);
  }

  /**
   * Takes the blocks of a hand-off over, once, without copying a byte; false when they are gone or are not
   * this sequence's prompt.
   */
  public boolean claim(Sequence sequence, HandOff handOff) {
    if (!fits(sequence, handOff)) {
      return false;
    }
    try (Arena.Scope scope = arena.scope()) {
      if (!arena.claim(handOff.lease(), handOff.blocks())) {
        return false;
      }
    }
    sequence.blocks().append(handOff.blocks());
    sequence.blocks().published(handOff.blockHashes().size());
    sequence.computed(handOff.tokensComputed());
    return true;
  }

  /** Makes the last prompt token of a taken-over sequence one to compute again, for its logits. */
  public void reopen(Sequence sequence) {
    int prompt = sequence.tokens().promptLength();
    int kept = prompt / KvLayout.BLOCK_TOKENS;
    if (prompt % KvLayout.BLOCK_TOKENS != 0) {
      sequence.computed(prompt - 1);
      return;
    }
    // The last block is full, so others may read it: this sequence computes one of its own.
    int[] blocks = sequence.reset();
    try (Arena.Scope scope = arena.scope()) {
      arena.release(Arrays.copyOfRange(blocks, kept - 1, kept));
    }
    sequence.blocks().append(Arrays.copyOf(blocks, kept - 1));
    sequence.blocks().published(kept - 1);
    sequence.computed(prompt - KvLayout.BLOCK_TOKENS);
  }

  private boolean fits(Sequence sequence, HandOff handOff) {
    int prompt = sequence.tokens().promptLength();
    return handOff.arena().equals(arena.uri())
        && handOff.epoch() == arena.epoch()
        && handOff.layout().equals(arena.layout().fingerprint())
        && handOff.lease() != NO_LEASE
        && handOff.tokensComputed() == prompt
        && handOff.blocks().length == BlockTable.blocksFor(prompt)
        // The full blocks' hashes say nothing of the tokens in the last block.
        && handOff.promptHash().equals(sequence.promptHash().hex())
        && handOff.blockHashes().equals(hashes(sequence));
  }

  private static List<String> hashes(Sequence sequence) {
    return sequence.hashes().stream().map(BlockHash::hex).toList();
  }
}

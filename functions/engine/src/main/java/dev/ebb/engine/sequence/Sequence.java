package dev.ebb.engine.sequence;

import dev.ebb.engine.kv.BlockHash;
import dev.ebb.engine.kv.KvLayout;
import java.util.Comparator;
import java.util.List;

/**
 * One answer in the making: its tokens, and the blocks that hold the keys and values of the first
 * {@link #computed()} of them. Belongs to the engine thread.
 *
 * <p>A sequence with all tokens but the last computed is decoding; with more to compute it is in its
 * prompt, or computes again after a preemption.
 */
public final class Sequence {
  /**
   * Lower priority numbers first, then by turn. Each further answer of a request stands one request further back: so
   * many answers do not keep all later requests waiting, and none is overtaken for ever.
   */
  public static final Comparator<Sequence> ORDER = Comparator.comparingInt(Sequence::priority)
      .thenComparingLong(Sequence::turn).thenComparingLong(Sequence::arrival);

  private final TokenList tokens;
  private final HashChain hashes;
  private final BlockTable blocks = new BlockTable();
  private final int priority;
  private final long arrival;
  private final int choice;
  private int computed;
  private int logitsFrom;
  private int preemptions;
  private int promptCounted;

  /**
   * @param arrival a number that grows with each request
   * @param promptLogits whether the logits of every prompt token are wanted
   */
  public Sequence(TokenList tokens, HashChain hashes, int priority, long arrival, int choice, boolean promptLogits) {
    this.tokens = tokens;
    this.hashes = hashes;
    this.priority = priority;
    this.arrival = arrival;
    this.choice = choice;
    this.logitsFrom = promptLogits ? 0 : tokens.promptLength() - 1;
  }

  /** Another answer to this one's prompt, with nothing computed. */
  public Sequence fork(int otherChoice) {
    HashChain chain = hashes.fork(tokens.promptLength() / KvLayout.BLOCK_TOKENS);
    Sequence other = new Sequence(tokens.promptOnly(), chain, priority, arrival, otherChoice, false);
    other.promptCounted = tokens.promptLength();
    return other;
  }

  public TokenList tokens() {
    return tokens;
  }

  public BlockTable blocks() {
    return blocks;
  }

  /** Hashes of all full blocks of the tokens so far. */
  public List<BlockHash> hashes() {
    return hashes.upTo(tokens);
  }

  /** Hash of the whole prompt, its last block however full included. */
  public BlockHash promptHash() {
    return hashes.ofPrompt(tokens);
  }

  /** Appends a generated token; its own logits are wanted next. */
  public void append(int token) {
    tokens.add(token);
    logitsFrom = tokens.size() - 1;
  }

  /** Tokens whose keys and values are in the blocks, from the start. */
  public int computed() {
    return computed;
  }

  public void computed(int count) {
    computed = count;
  }

  /** Tokens still to compute. */
  public int remaining() {
    return tokens.size() - computed;
  }

  /** First position whose logits have not been used; nothing from it on may come from a cache. */
  public int logitsFrom() {
    return logitsFrom;
  }

  public void logitsFrom(int position) {
    logitsFrom = position;
  }

  /** How many tokens of the prompt a step up to {@code end} computes that none before has. */
  public int countPrompt(int end) {
    int from = Math.max(computed, promptCounted);
    int to = Math.min(end, tokens.promptLength());
    promptCounted = Math.max(promptCounted, to);
    return Math.max(0, to - from);
  }

  public boolean decoding() {
    return remaining() == 1 && tokens.size() > tokens.promptLength();
  }

  /** Forgets what was computed and gives the blocks to release; the tokens stay. */
  public int[] reset() {
    computed = 0;
    return blocks.clear();
  }

  /** As {@link #reset()}, because another sequence needs the space. */
  public int[] preempt() {
    preemptions++;
    return reset();
  }

  public int preemptions() {
    return preemptions;
  }

  public int priority() {
    return priority;
  }

  public long arrival() {
    return arrival;
  }

  public int choice() {
    return choice;
  }

  private long turn() {
    return arrival + choice;
  }
}

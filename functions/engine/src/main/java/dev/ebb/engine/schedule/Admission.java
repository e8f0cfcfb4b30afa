package dev.ebb.engine.schedule;

import dev.ebb.engine.sequence.Sequence;

/** Whether a waiting sequence got a seat and its blocks. */
public sealed interface Admission {

  /**
   * It runs.
   *
   * @param localTokens tokens found in the cache that this process computed
   * @param externalTokens tokens found in the cache that other processes computed
   */
  record Admitted(Sequence sequence, int localTokens, int externalTokens) implements Admission {}

  /** It waits on, for {@code blocks} more blocks than there are. */
  record Deferred(Sequence sequence, int blocks) implements Admission {}
}

package dev.ebb.engine;

import dev.ebb.engine.backend.BatchLimits;
import java.time.Duration;

/**
 * How an engine fills its steps.
 *
 * @param tokenBudget tokens of one step over all sequences; at least {@code maxSequences}, so that every
 *     running sequence can advance in every step
 * @param maxSequences sequences that run at once; the others wait
 * @param chunkTokens prompt tokens of one sequence in one step at most
 * @param promptLogprobRows rows of logits that a step computes for prompt log-probabilities at most
 * @param leaseTimeout how long prefill's blocks wait for decode to claim them
 * @param prefixCache whether blocks are found by hash
 */
public record EngineConfig(
    int tokenBudget,
    int maxSequences,
    int chunkTokens,
    int promptLogprobRows,
    Duration leaseTimeout,
    boolean prefixCache) {

  /** The most that a setting may say: more is a slip of the pen, which would take all memory. */
  public static final int TOKENS_MAX = 1 << 20;
  public static final int SEQUENCES_MAX = 65_536;

  private static final int DEFAULT_TOKEN_BUDGET = 512;
  private static final int DEFAULT_MAX_SEQUENCES = 64;
  private static final int DEFAULT_PROMPT_LOGPROB_ROWS = 64;

  public EngineConfig {
    require(maxSequences >= 1, "ebb.max-sequences must be at least 1, got " + maxSequences);
    require(tokenBudget >= maxSequences, "ebb.token-budget (" + tokenBudget
        + ") must be at least ebb.max-sequences (" + maxSequences + "), so that every running sequence advances");
    require(chunkTokens >= 1 && chunkTokens <= tokenBudget, "ebb.chunk-tokens must be between 1 and ebb.token-budget ("
        + tokenBudget + "), got " + chunkTokens);
    require(promptLogprobRows >= 1, "promptLogprobRows must be at least 1, got " + promptLogprobRows);
    require(leaseTimeout.isPositive(), "leaseTimeout must be positive, got " + leaseTimeout);
  }

  /** 512 tokens a step, 64 sequences, chunks as large as the budget, leases of one minute, prefix cache on. */
  public static EngineConfig defaults() {
    return new EngineConfig(DEFAULT_TOKEN_BUDGET, DEFAULT_MAX_SEQUENCES, DEFAULT_TOKEN_BUDGET,
        DEFAULT_PROMPT_LOGPROB_ROWS, Duration.ofMinutes(1), true);
  }

  /** Sets the budget; chunks larger than it shrink to it. */
  public EngineConfig withTokenBudget(int value) {
    return withLimits(value, maxSequences);
  }

  /** Sets the budget and the sequences, which bound each other. */
  public EngineConfig withLimits(int tokens, int sequences) {
    int chunk = chunkTokens == tokenBudget ? tokens : Math.min(chunkTokens, tokens);
    return new EngineConfig(tokens, sequences, chunk, promptLogprobRows, leaseTimeout, prefixCache);
  }

  public EngineConfig withMaxSequences(int value) {
    return new EngineConfig(tokenBudget, value, chunkTokens, promptLogprobRows, leaseTimeout, prefixCache);
  }

  public EngineConfig withChunkTokens(int value) {
    return new EngineConfig(tokenBudget, maxSequences, value, promptLogprobRows, leaseTimeout, prefixCache);
  }

  public EngineConfig withLeaseTimeout(Duration value) {
    return new EngineConfig(tokenBudget, maxSequences, chunkTokens, promptLogprobRows, value, prefixCache);
  }

  public EngineConfig withPrefixCache(boolean value) {
    return new EngineConfig(tokenBudget, maxSequences, chunkTokens, promptLogprobRows, leaseTimeout, value);
  }

  /** The greatest batch of these steps: each sequence has a row of logits, beside those of prompts. */
  BatchLimits batchLimits() {
    return new BatchLimits(tokenBudget, maxSequences, Math.min(tokenBudget, maxSequences + promptLogprobRows));
  }

  private static void require(boolean valid, String complaint) {
    if (!valid) {
      throw new IllegalArgumentException(complaint);
    }
  }
}

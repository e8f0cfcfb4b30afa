package dev.ebb.engine;

import dev.ebb.engine.request.FinishReason;

/** What an engine tells its metrics; called on the engine thread, so it must be quick. */
public interface EngineObserver {
  /** Ignores everything. */
  EngineObserver NONE = new EngineObserver() {};

  /** A step computed {@code tokens} tokens, of which {@code promptTokens} belong to prompts. */
  default void stepCompleted(int tokens, int promptTokens, int preemptions) {}

  /** A request was admitted: of {@code queried} prompt tokens so many were found in the caches. */
  default void prefixLooked(int queried, int localHits, int externalQueried, int externalHits) {}

  /**
   * A hand-off was taken over by mapping its blocks in the shared arena.
   *
   * @param bytes size of those blocks
   * @param bytesCopied KV bytes that this process copied while it took them over
   * @param seconds from looking at the claim check to holding the blocks
   */
  default void handedOver(long bytes, long bytesCopied, double seconds) {}

  /** KV blocks were copied to other blocks, for whatever reason. */
  default void kvCopied(long bytes) {}

  /** A hand-off's blocks were gone or not usable here, so its prompt is computed again. */
  default void handOffRecomputed(int promptTokens) {}

  /** The first token of a request, {@code seconds} after its arrival. */
  default void firstToken(double seconds) {}

  /** Time between two tokens of one answer. */
  default void interToken(double seconds) {}

  /** A request ended; times in seconds, as vLLM defines the series of these names. */
  default void requestFinished(RequestStats stats) {}

  /**
   * @param reason how it ended
   * @param computedPromptTokens prompt tokens computed here, not found in a cache
   * @param generatedTokens over all answers
   * @param longestAnswer tokens of the longest answer
   */
  record RequestStats(
      FinishReason reason,
      int promptTokens,
      int cachedTokens,
      int externalTokens,
      int computedPromptTokens,
      int generatedTokens,
      int longestAnswer,
      int maxTokens,
      int n,
      int preemptions,
      double e2eSeconds,
      double queueSeconds,
      double prefillSeconds,
      double decodeSeconds) {}
}

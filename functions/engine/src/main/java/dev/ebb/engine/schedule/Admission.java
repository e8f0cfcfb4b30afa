package dev.ebb.engine.schedule;

import dev.ebb.engine.sequence.Sequence;

/**
 * A waiting sequence got a seat and its blocks.
 *
 * @param localTokens tokens found in the cache that this process computed
 * @param externalTokens tokens found in the cache that other processes computed
 */
public record Admission(Sequence sequence, int localTokens, int externalTokens) {}

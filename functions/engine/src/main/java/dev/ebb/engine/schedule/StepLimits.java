package dev.ebb.engine.schedule;

/**
 * What one step may hold; the fields mean what they mean in {@code EngineConfig}.
 */
public record StepLimits(
    int tokenBudget, int maxSequences, int chunkTokens, int promptLogprobRows, boolean prefixCache) {}

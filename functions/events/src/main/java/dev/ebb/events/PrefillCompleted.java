package dev.ebb.events;

import dev.ebb.engine.transfer.HandOff;

/**
 * Data of {@code dev.ebb.prefill.completed}.
 *
 * @param handOff the claim check; null when the first token already ended the answer
 * @param finished the whole answer in that case; else null
 */
public record PrefillCompleted(String requestId, HandOff handOff, DecodeCompleted finished, Usage usage) {}

package dev.ebb.router.app.model;

import dev.ebb.engine.request.SamplingParams;

/**
 * A prompt ready to be placed.
 *
 * @param tokens token ids, at least one, fewer than the model takes
 * @param sampling complete parameters, with length and seed
 * @param echo the prompt's text when it is to be echoed, else empty
 */
public record PreparedPrompt(int[] tokens, SamplingParams sampling, String echo) {}

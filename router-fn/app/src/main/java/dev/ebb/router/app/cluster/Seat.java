package dev.ebb.router.app.cluster;

import dev.ebb.router.function.Phase;

/**
 * A pod in the queue, or with quota of it.
 *
 * @param slug its model, as the label has it
 * @param holds whether it holds quota
 * @param gpus its GPUs
 * @param createdMs when it was made, in ms since the epoch
 */
record Seat(String slug, Phase phase, boolean holds, int gpus, long createdMs) {}

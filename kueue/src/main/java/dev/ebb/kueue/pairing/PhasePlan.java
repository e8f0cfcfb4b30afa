package dev.ebb.kueue.pairing;

/**
 * What to do with one phase of a model.
 *
 * @param wake replicas to wake now, beyond those held
 * @param release replicas to put back to zero, since they hold GPUs and cannot serve
 * @param waiting replicas that are wanted and must wait
 * @param cause why these wait
 * @param sentence the cause in words, with numbers; empty if nothing waits
 */
public record PhasePlan(int wake, int release, int waiting, WaitCause cause, String sentence) {}

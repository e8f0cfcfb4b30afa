/**
 * Which phases of which models may be woken with the GPUs that are left: prefill and decode of a model both or neither,
 * decode first. Pure, and without a word of Kueue in it: {@link dev.ebb.kueue.pairing.PairingRule} states the rule.
 */
package dev.ebb.kueue.pairing;

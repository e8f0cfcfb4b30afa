package dev.ebb.kueue.pairing;

/**
 * What to do with one model.
 *
 * @param model its name
 */
public record ModelPlan(String model, PhasePlan decode, PhasePlan prefill) {}

package dev.ebb.kueue.pairing;

import java.util.List;

/**
 * Decides which phases may be woken with the GPUs that are left.
 *
 * <p><b>The rule.</b> Models are taken by priority, then by arrival. A model that has nothing is given a first decode
 * and a first prefill together, if both fit. If only decode fits, decode serves alone, where the model allows it, and
 * prefill is added once it fits; else the model gets neither and waits. Only when no model is left without service
 * because of quota are further replicas given, in the same order, decode before prefill. Nobody who serves is stopped
 * for another, which is Kueue's to do by preemption; but half a pair that holds GPUs and cannot serve is released: a
 * prefill whose decode must wait, or a decode that does not serve alone and whose prefill must wait.
 *
 * <p><b>Invariants</b>, each a property that is tested with random contention:
 * <ol>
 * <li><i>Decode first.</i> A prefill is woken only beside a decode that is held or woken in the same plan, and none
 *     stays held while its decode waits. So no two models can each hold half a pair and wait for the other's GPUs:
 *     there is no deadlock.
 * <li><i>Both or neither.</i> A model that does not allow decode alone has, once a plan is carried out, a decode and a
 *     prefill, or none of them.
 * <li><i>Within quota.</i> What is woken fits in what is left.
 * <li><i>Order.</i> With {@link Contention#STRICT} no model is woken from nothing while one before it, which the queue
 *     could serve, is left waiting: each is served after a bounded wait if those before it go idle in the end.
 * <li><i>Work-conserving.</i> With {@link Contention#BEST_EFFORT} nothing that waits would fit in what stays left.
 *     With STRICT that is so unless GPUs are held back for the first model that waits, which needs more of them.
 * <li><i>Stable.</i> Once a plan is carried out, the next one for the same demand wakes and releases nothing.
 * </ol>
 *
 * <p>GPUs that a plan releases are not given away in it: they come back when the pods are gone. The numbers are quota,
 * not devices; a pod woken in time may still wait in the scheduler for one that drains.
 */
public final class PairingRule {
  private PairingRule() {}

  /**
   * Makes a plan.
   *
   * @param gpusLeft GPUs that could be reserved now, without what {@code held} replicas have or are to get
   * @param gpusTotal GPUs that the queue could hold if nobody held any
   * @param models each named once, in any order
   * @return one plan for each model, in the order in which they are given quota
   * @throws IllegalArgumentException if a number is negative or a model is named twice
   */
  public static List<ModelPlan> plan(int gpusLeft, int gpusTotal, Contention contention, List<ModelDemand> models) {
    PhaseDemand.atLeastZero("gpusLeft", gpusLeft);
    PhaseDemand.atLeastZero("gpusTotal", gpusTotal);
    if (models.stream().map(ModelDemand::model).distinct().count() != models.size()) {
      throw new IllegalArgumentException("a model is named twice: " + models.stream().map(ModelDemand::model).toList());
    }
    List<Draft> drafts = models.stream().sorted(ModelDemand.ORDER).map(Draft::new).toList();
    Round round = new Round(gpusLeft, gpusTotal, contention);
    drafts.forEach(round::serve);
    drafts.forEach(round::grow);
    return drafts.stream().map(Draft::plan).toList();
  }
}

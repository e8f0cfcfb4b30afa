package dev.ebb.kueue.pairing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PairingRuleTest {
  private static final PhaseDemand ONE = new PhaseDemand(1, 0, 1);
  private static final PhaseDemand HELD = new PhaseDemand(1, 1, 1);

  private static ModelDemand model(String name, int arrival, PhaseDemand decode, PhaseDemand prefill) {
    return new ModelDemand(name, 0, arrival, true, decode, prefill);
  }

  private static ModelDemand pairOnly(String name, int arrival, PhaseDemand decode, PhaseDemand prefill) {
    return new ModelDemand(name, 0, arrival, false, decode, prefill);
  }

  private static List<ModelPlan> plan(int left, int total, ModelDemand... models) {
    return PairingRule.plan(left, total, Contention.STRICT, List.of(models));
  }

  /** A plan in short: for each model its name, decodes and prefills to wake, and what is released. */
  private static String brief(List<ModelPlan> plans) {
    return String.join(" ", plans.stream().map(plan -> plan.model() + ":" + plan.decode().wake() + "+"
        + plan.prefill().wake() + (plan.prefill().release() + plan.decode().release() == 0 ? ""
        : "-" + plan.decode().release() + plan.prefill().release())).toList());
  }

  @Test
  void pairIsWokenTogether() {
    assertEquals("a:1+1", brief(plan(2, 2, model("a", 1, ONE, ONE))));
  }

  @Test
  void withOneGpuDecodeServesAlone() {
    List<ModelPlan> plans = plan(1, 1, model("a", 1, ONE, ONE));
    assertEquals("a:1+0", brief(plans));
    assertEquals(WaitCause.NEVER_FITS, plans.getFirst().prefill().cause());
    assertEquals("needs 2 GPUs, and the queue has at most 1: decode serves alone",
        plans.getFirst().prefill().sentence());
  }

  @Test
  void twoModelsOneGpuShort() {
    List<ModelPlan> plans = plan(3, 3, model("b", 2, ONE, ONE), model("a", 1, ONE, ONE));
    assertEquals("a:1+1 b:1+0", brief(plans));
    assertEquals(WaitCause.QUOTA, plans.getLast().prefill().cause());
    assertEquals("waits for 1 GPU, 0 left", plans.getLast().prefill().sentence());
  }

  @Test
  void twoModelsOneGpuShortBothOrNeither() {
    List<ModelPlan> plans = plan(3, 3, pairOnly("a", 1, ONE, ONE), pairOnly("b", 2, ONE, ONE));
    assertEquals("a:1+1 b:0+0", brief(plans));
    assertEquals("waits for 2 GPUs, 1 left", plans.getLast().decode().sentence());
    assertEquals(WaitCause.DECODE_FIRST, plans.getLast().prefill().cause());
  }

  @Test
  void prefillJoinsOnceItFits() {
    assertEquals("a:0+1", brief(plan(1, 2, model("a", 1, HELD, ONE))));
  }

  @Test
  void prefillWhoseDecodeWaitsIsReleased() {
    List<ModelPlan> plans = plan(0, 2, model("a", 1, ONE, HELD), model("b", 2, ONE, HELD));
    assertEquals("a:0+0-01 b:0+0-01", brief(plans));
    assertEquals(WaitCause.DECODE_FIRST, plans.getFirst().prefill().cause());
    assertEquals("waits for decode of a", plans.getFirst().prefill().sentence());
  }

  @Test
  void prefillThatIsHeldGetsItsDecode() {
    assertEquals("a:1+0", brief(plan(1, 2, pairOnly("a", 1, ONE, HELD))));
  }

  @Test
  void decodeThatCannotServeAloneIsReleased() {
    assertEquals("a:0+0-10 b:0+0-10", brief(plan(0, 2, pairOnly("a", 1, HELD, ONE), pairOnly("b", 2, HELD, ONE))));
  }

  @Test
  void whoOnlyWantsPrefillIsGivenDecodeFirst() {
    assertEquals("a:1+0", brief(plan(1, 4, model("a", 1, new PhaseDemand(0, 0, 1), ONE))));
  }

  @Test
  void priorityThenArrival() {
    ModelDemand high = new ModelDemand("high", 9, 5, true, ONE, PhaseDemand.NONE);
    assertEquals("high:1+0 early:1+0 late:0+0", brief(plan(2, 2, model("late", 3, ONE, PhaseDemand.NONE),
        model("early", 1, ONE, PhaseDemand.NONE), high)));
  }

  @Test
  void firstReplicaOfOneIsBeforeTheSecondOfAnother() {
    PhaseDemand three = new PhaseDemand(3, 0, 1);
    assertEquals("a:2+0 b:1+0", brief(plan(3, 3, model("a", 1, three, PhaseDemand.NONE),
        model("b", 2, ONE, PhaseDemand.NONE))));
  }

  @Test
  void largeModelIsNotOvertakenUnlessAsked() {
    ModelDemand large = model("large", 1, new PhaseDemand(1, 0, 4), PhaseDemand.NONE);
    ModelDemand small = model("small", 2, ONE, PhaseDemand.NONE);
    List<ModelPlan> strict = plan(2, 4, large, small);
    assertEquals("large:0+0 small:0+0", brief(strict));
    assertEquals(WaitCause.BEHIND, strict.getLast().decode().cause());
    assertEquals("waits behind large, which needs 4 GPUs", strict.getLast().decode().sentence());
    assertEquals("large:0+0 small:1+0",
        brief(PairingRule.plan(2, 4, Contention.BEST_EFFORT, List.of(large, small))));
  }

  @Test
  void whoNeverFitsHoldsNobodyUp() {
    List<ModelPlan> plans = plan(2, 2, model("huge", 1, new PhaseDemand(1, 0, 4), ONE), model("b", 2, ONE, ONE));
    assertEquals("huge:0+0 b:1+1", brief(plans));
    assertEquals("needs 4 GPUs, and the queue has at most 2", plans.getFirst().decode().sentence());
    assertEquals(WaitCause.NEVER_FITS, plans.getFirst().prefill().cause());
  }

  @Test
  void functionsOnTheCpuNeedNoQuota() {
    PhaseDemand cpu = new PhaseDemand(2, 0, 0);
    assertEquals("large:0+0 cpu:2+2", brief(plan(0, 4, model("large", 1, new PhaseDemand(1, 0, 4), PhaseDemand.NONE),
        model("cpu", 2, cpu, cpu))));
  }

  @Test
  void nobodyWantsNothing() {
    ModelPlan idle = plan(4, 4, model("a", 1, new PhaseDemand(0, 1, 1), new PhaseDemand(0, 1, 1))).getFirst();
    assertEquals(new PhasePlan(0, 0, 0, WaitCause.NONE, ""), idle.decode());
    assertEquals(new PhasePlan(0, 0, 0, WaitCause.NONE, ""), idle.prefill());
  }

  @Test
  void badInputIsNamed() {
    assertTrue(assertThrows(IllegalArgumentException.class, () -> plan(-1, 1)).getMessage().contains("gpusLeft"));
    assertTrue(assertThrows(IllegalArgumentException.class, () -> new PhaseDemand(1, -2, 1)).getMessage()
        .contains("held is -2"));
    assertThrows(IllegalArgumentException.class, () -> plan(1, 1, model("a", 1, ONE, ONE), model("a", 2, ONE, ONE)));
  }
}

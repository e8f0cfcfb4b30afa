package dev.ebb.kueue.pairing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The invariants that {@link PairingRule} states, with random contention: each failure names the seed it came from. */
class PairingPropertyTest {
  private static final int CASES = 30_000;

  /** One random state of a queue, and the plan for it. */
  private record Case(int left, int total, Contention contention, List<ModelDemand> models, List<ModelPlan> plans) {
    static Case random(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      int total = random.nextInt(1, 10);
      Contention contention = random.nextBoolean() ? Contention.STRICT : Contention.BEST_EFFORT;
      List<ModelDemand> models = new ArrayList<>();
      int held = 0;
      for (int i = 0; i < random.nextInt(1, 6); i++) {
        PhaseDemand decode = phase(random, total - held);
        held += decode.held() * decode.gpusEach();
        PhaseDemand prefill = phase(random, total - held);
        held += prefill.held() * prefill.gpusEach();
        models.add(new ModelDemand("m" + i, random.nextInt(3), random.nextInt(4), random.nextBoolean(), decode,
            prefill));
      }
      // Others than these models may hold some of the rest.
      int left = random.nextInt(total - held + 1);
      return new Case(left, total, contention, models, PairingRule.plan(left, total, contention, models));
    }

    private static PhaseDemand phase(SplittableRandom random, int free) {
      int gpus = random.nextInt(4);
      int most = gpus == 0 ? 2 : Math.min(2, free / gpus);
      return new PhaseDemand(random.nextInt(4), random.nextInt(most + 1), gpus);
    }

    ModelDemand demand(ModelPlan plan) {
      return models.stream().filter(model -> model.model().equals(plan.model())).findFirst().orElseThrow();
    }

    int woken() {
      return plans.stream().mapToInt(plan -> plan.decode().wake() * demand(plan).decode().gpusEach()
          + plan.prefill().wake() * demand(plan).prefill().gpusEach()).sum();
    }

    List<ModelDemand> carriedOut() {
      return plans.stream().map(plan -> carriedOut(demand(plan), plan)).toList();
    }

    static ModelDemand carriedOut(ModelDemand model, ModelPlan plan) {
      return new ModelDemand(model.model(), model.priority(), model.arrivalMs(), model.decodeAlone(),
          carriedOut(model.decode(), plan.decode()), carriedOut(model.prefill(), plan.prefill()));
    }

    private static PhaseDemand carriedOut(PhaseDemand phase, PhasePlan plan) {
      return new PhaseDemand(phase.wanted(), phase.held() + plan.wake() - plan.release(), phase.gpusEach());
    }
  }

  private interface Property {
    void check(Case state, String what);
  }

  private static void forAll(Property property) {
    for (long seed = 0; seed < CASES; seed++) {
      Case state = Case.random(seed);
      property.check(state, "seed " + seed + ": " + state);
    }
  }

  private static boolean whole(ModelDemand model) {
    return model.decode().held() > 0
        && (model.decodeAlone() || model.prefill().held() > 0 || model.prefill().wanted() == 0);
  }

  @Test
  void decodeFirst() {
    forAll((state, what) -> state.carriedOut().stream().filter(model -> model.decodeWanted() > 0).forEach(model ->
        assertTrue(model.prefill().held() == 0 || model.decode().held() > 0, what)));
  }

  @Test
  void bothOrNeither() {
    forAll((state, what) -> state.carriedOut().stream().filter(model -> model.decodeWanted() > 0).forEach(model ->
        assertTrue(whole(model) || model.decode().held() + model.prefill().held() == 0, what)));
  }

  @Test
  void withinQuota() {
    forAll((state, what) -> assertTrue(state.woken() <= state.left(), what));
  }

  @Test
  void neverMoreThanWantedAndEverythingAccountedFor() {
    forAll((state, what) -> {
      for (ModelDemand model : state.carriedOut()) {
        ModelPlan plan = state.plans().stream().filter(p -> p.model().equals(model.model())).findFirst().orElseThrow();
        assertEquals(Math.max(0, model.decodeWanted() - model.decode().held()), plan.decode().waiting(), what);
        assertEquals(Math.max(0, model.prefill().wanted() - model.prefill().held()), plan.prefill().waiting(), what);
        assertEquals(plan.decode().waiting() == 0, plan.decode().cause() == WaitCause.NONE, what);
        assertEquals(plan.prefill().waiting() == 0, plan.prefill().sentence().isEmpty(), what);
      }
    });
  }

  @Test
  void strictOrderLetsNobodyOvertake() {
    forAll((state, what) -> {
      boolean waiting = false;
      for (ModelPlan plan : state.plans()) {
        ModelDemand before = state.demand(plan);
        boolean wokenOnGpus = plan.decode().wake() * before.decode().gpusEach()
            + plan.prefill().wake() * before.prefill().gpusEach() > 0;
        assertTrue(state.contention() == Contention.BEST_EFFORT || !waiting || !wokenOnGpus, what);
        waiting |= before.decodeWanted() > 0 && before.leastGpus() <= state.total()
            && !whole(Case.carriedOut(before, plan));
      }
    });
  }

  @Test
  void workConserving() {
    forAll((state, what) -> {
      int left = state.left() - state.woken();
      for (ModelPlan plan : state.plans()) {
        ModelDemand after = Case.carriedOut(state.demand(plan), plan);
        int least = leastToGoOn(after, plan);
        boolean heldBack = plan.decode().cause() == WaitCause.BEHIND || plan.prefill().cause() == WaitCause.BEHIND
            || state.contention() == Contention.STRICT && !whole(after);
        assertTrue(least > left || heldBack && headNeedsMore(state, left), what);
      }
    });
  }

  /** The fewest GPUs that would let a model do more than it does after the plan; very many if nothing waits. */
  private static int leastToGoOn(ModelDemand after, ModelPlan plan) {
    if (after.decodeWanted() > 0 && !whole(after)) {
      // Half a pair that this plan released could have been completed by the other half alone.
      int decode = plan.decode().release() > 0 ? 0 : after.decode().gpusEach();
      int prefill = plan.prefill().release() > 0 || after.prefill().wanted() == 0 ? 0 : after.prefill().gpusEach();
      return after.decodeAlone() ? decode : decode + prefill;
    }
    int decode = plan.decode().waiting() > 0 ? after.decode().gpusEach() : Integer.MAX_VALUE;
    return Math.min(decode, plan.prefill().waiting() > 0 ? after.prefill().gpusEach() : Integer.MAX_VALUE);
  }

  /** Whether the first model that waits without service, and could ever have one, needs more than is left. */
  private static boolean headNeedsMore(Case state, int left) {
    return state.plans().stream()
        .filter(plan -> state.demand(plan).leastGpus() <= state.total() && state.demand(plan).decodeWanted() > 0)
        .filter(plan -> !whole(Case.carriedOut(state.demand(plan), plan)))
        .findFirst()
        .map(plan -> leastToGoOn(Case.carriedOut(state.demand(plan), plan), plan) > left)
        .orElse(false);
  }

  @Test
  void stable() {
    forAll((state, what) -> {
      List<ModelPlan> next = PairingRule.plan(state.left() - state.woken(), state.total(), state.contention(),
          state.carriedOut());
      assertTrue(next.stream().allMatch(plan -> plan.decode().wake() + plan.prefill().wake() + plan.decode().release()
          + plan.prefill().release() == 0), what + " then " + next);
    });
  }

  @Test
  void orderOfInputDoesNotMatter() {
    forAll((state, what) -> assertEquals(state.plans(), PairingRule.plan(state.left(), state.total(),
        state.contention(), state.models().reversed()), what));
  }

  /** Models that come, are served for a while and go idle: with strict order nobody waits longer than all before it. */
  @Test
  void everybodyIsServedInTheEnd() {
    IntStream.range(0, 300).forEach(seed -> new Traffic(seed).run());
  }

  @Test
  void largeModelIsServedAmongSmallOnesThatNeverAllRest() {
    assertTrue(stepsUntilLargeIsServed(Contention.STRICT) <= 2);
    assertEquals(Integer.MAX_VALUE, stepsUntilLargeIsServed(Contention.BEST_EFFORT), "as its documentation says");
  }

  /** Two GPUs, a model that needs both, and two that need one, which they give back in turn and want again at once. */
  private static int stepsUntilLargeIsServed(Contention contention) {
    boolean[] runs = {true, true};
    for (int step = 0; step < 200; step++) {
      runs[step % 2] = false;
      List<ModelDemand> models = List.of(single("large", 0, 2, false), single("a", step, 1, runs[0]),
          single("b", step, 1, runs[1]));
      int left = 2 - (runs[0] ? 1 : 0) - (runs[1] ? 1 : 0);
      for (ModelPlan plan : PairingRule.plan(left, 2, contention, models)) {
        boolean woken = plan.decode().wake() > 0;
        if (woken && plan.model().equals("large")) {
          return step;
        }
        runs[0] |= woken && plan.model().equals("a");
        runs[1] |= woken && plan.model().equals("b");
      }
    }
    return Integer.MAX_VALUE;
  }

  private static ModelDemand single(String name, long arrivalMs, int gpus, boolean runs) {
    return new ModelDemand(name, 0, arrivalMs, true, new PhaseDemand(1, runs ? 1 : 0, gpus), PhaseDemand.NONE);
  }
}

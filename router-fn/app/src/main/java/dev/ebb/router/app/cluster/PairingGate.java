package dev.ebb.router.app.cluster;

import dev.ebb.kueue.pairing.Contention;
import dev.ebb.kueue.pairing.ModelDemand;
import dev.ebb.kueue.pairing.ModelPlan;
import dev.ebb.kueue.pairing.PairingRule;
import dev.ebb.kueue.pairing.PhaseDemand;
import dev.ebb.kueue.pairing.PhasePlan;
import dev.ebb.kueue.pairing.WaitCause;
import dev.ebb.router.function.Phase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The pairing rule as one router applies it to its own model. Every router makes the plan for all models from what all
 * can see, and carries out its own part: it never stops decode from asking for quota, only prefill. The plan is made as
 * if somebody asked for both phases now, so that a request that comes finds the answer there. Kueue gives in the order
 * of asking, and what others are about to ask for nobody sees; so unless there is room for another pair too, prefill is
 * asked for only once decode has its quota. A pure function.
 *
 * @param slug the router's own model
 * @param decodeGpus GPUs of its decode
 * @param prefillGpus GPUs of its prefill
 */
record PairingGate(String slug, int decodeGpus, int prefillGpus) {

  /** Pairs that must fit before prefill is asked for at once with its decode: its own, and one that nobody sees yet. */
  private static final int ROOM = 2;

  /**
   * What the rule says of prefill.
   *
   * @param withheld its demand must not be shown: it would take what a decode needs first, or never get any
   * @param alone decode has quota and prefill has none to come soon: decode serves alone
   * @param why the rule's words; empty where prefill may run
   */
  record Verdict(boolean withheld, boolean alone, String why) {
    static final Verdict OPEN = new Verdict(false, false, "");
  }

  /**
   * Decides.
   *
   * @param left GPUs that the queue could give now
   * @param most GPUs that it could ever give
   * @param preempts whether the queue may take quota from others, which {@code left} does not count
   * @param seats pods of all models in the queue
   */
  Verdict decide(int left, int most, boolean preempts, Collection<Seat> seats, long nowMs) {
    if (prefillGpus == 0) {
      return Verdict.OPEN;
    }
    TreeSet<String> models = new TreeSet<>(seats.stream().map(Seat::slug).toList());
    models.add(slug);
    List<ModelDemand> demands = new ArrayList<>();
    models.forEach(model -> demands.add(demand(model, seats, nowMs)));
    ModelDemand own = demands.stream().filter(one -> one.model().equals(slug)).findFirst().orElseThrow();
    ModelPlan plan = PairingRule.plan(left, Math.max(left, most), Contention.STRICT, demands).stream()
        .filter(one -> one.model().equals(slug)).findFirst().orElseThrow();
    return verdict(own, plan.prefill(), left >= ROOM * (decodeGpus + prefillGpus), preempts);
  }

  private static Verdict verdict(ModelDemand own, PhasePlan prefill, boolean room, boolean preempts) {
    if (prefill.release() > 0) {
      return new Verdict(true, false, prefill.sentence());
    }
    boolean decodes = own.decode().held() > 0;
    if (own.prefill().held() > 0 || prefill.wake() > 0 && (decodes || room)) {
      return Verdict.OPEN;
    }
    if (prefill.wake() > 0) {
      return new Verdict(true, false, "asks for quota once decode has its own");
    }
    // Beside a decode that runs, Kueue may still make room for prefill if it is asked.
    boolean asks = decodes && preempts && prefill.cause() == WaitCause.QUOTA;
    return new Verdict(!asks, decodes, prefill.sentence());
  }

  private ModelDemand demand(String model, Collection<Seat> seats, long nowMs) {
    List<Seat> own = seats.stream().filter(seat -> seat.slug().equals(model)).toList();
    long arrival = own.stream().mapToLong(Seat::createdMs).min().orElse(nowMs);
    boolean mine = model.equals(slug);
    return new ModelDemand(model, 0, arrival, true, phase(own, Phase.DECODE, mine ? decodeGpus : -1),
        phase(own, Phase.PREFILL, mine ? prefillGpus : -1));
  }

  /** Of other models only pods are seen, so they want what they have; of one's own one is wanted at least. */
  private static PhaseDemand phase(List<Seat> model, Phase phase, int ownGpus) {
    List<Seat> seats = model.stream().filter(seat -> seat.phase() == phase).toList();
    int held = (int) seats.stream().filter(Seat::holds).count();
    int gpus = ownGpus >= 0 ? ownGpus : seats.stream().mapToInt(Seat::gpus).max().orElse(0);
    return new PhaseDemand(Math.max(ownGpus >= 0 ? 1 : 0, seats.size()), held, gpus);
  }
}

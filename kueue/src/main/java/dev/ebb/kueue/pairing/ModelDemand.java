package dev.ebb.kueue.pairing;

import java.util.Comparator;

/**
 * What one model wants and has.
 *
 * @param model its name, one of a kind
 * @param priority higher comes first
 * @param arrivalMs when the oldest request that still waits for the model arrived, in ms since the epoch
 * @param decodeAlone whether decode serves whole requests while there is no prefill; where false, both or neither
 */
public record ModelDemand(String model, int priority, long arrivalMs, boolean decodeAlone, PhaseDemand decode,
    PhaseDemand prefill) {

  /** The order in which models are given quota: priority, then arrival, then name so that no tie is left. */
  static final Comparator<ModelDemand> ORDER = Comparator.comparingInt(ModelDemand::priority).reversed()
      .thenComparingLong(ModelDemand::arrivalMs)
      .thenComparing(ModelDemand::model);

  /** Decode replicas wanted: who wants a prefill wants somewhere for it to hand over to. */
  int decodeWanted() {
    return prefill.wanted() > 0 ? Math.max(1, decode.wanted()) : decode.wanted();
  }

  /** Whether the first prefill is still to be woken. */
  boolean prefillMissing() {
    return prefill.wanted() > 0 && prefill.held() == 0;
  }

  /** GPUs of a first replica of each phase that is wanted. */
  int pairGpus() {
    return decode.gpusEach() + (prefill.wanted() > 0 ? prefill.gpusEach() : 0);
  }

  /** The least GPUs that serve the model. */
  int leastGpus() {
    return decodeAlone ? decode.gpusEach() : pairGpus();
  }
}

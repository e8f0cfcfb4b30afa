package dev.ebb.kueue.pairing;

/** Gives out the GPUs that are left: first to each model a service, then further replicas. */
final class Round {
  private final int gpusTotal;
  private final Contention contention;
  private int left;
  /** The first model that waits and that what is left is held back for; null: none. */
  private ModelDemand head;

  Round(int gpusLeft, int gpusTotal, Contention contention) {
    left = gpusLeft;
    this.gpusTotal = gpusTotal;
    this.contention = contention;
  }

  /** Gives a model the first replica of each phase, as far as the rule lets it. */
  void serve(Draft draft) {
    ModelDemand demand = draft.demand();
    if (demand.decodeWanted() == 0) {
      return;
    }
    // Replicas that are held already, by half a pair or by decode alone, need no GPUs anew.
    int decode = demand.decode().held() > 0 ? 0 : demand.decode().gpusEach();
    int prefill = demand.prefillMissing() ? demand.prefill().gpusEach() : 0;
    if (fits(decode + prefill)) {
      wakeDecode(draft);
      wakePrefill(draft);
    } else if (demand.decodeAlone() && fits(decode)) {
      wakeDecode(draft);
    }
    if (!draft.serves()) {
      leaveWaiting(draft, demand.decodeAlone() ? decode : decode + prefill);
    }
  }

  /** Gives a model that is served further replicas. */
  void grow(Draft draft) {
    if (!draft.serves()) {
      return;
    }
    PhaseDemand decode = draft.demand().decode();
    PhaseDemand prefill = draft.demand().prefill();
    while (draft.decodeWaiting() > 0 && fits(decode.gpusEach())) {
      left -= decode.gpusEach();
      draft.wakeDecode();
    }
    while (draft.prefillWaiting() > 0 && fits(prefill.gpusEach())) {
      left -= prefill.gpusEach();
      draft.wakePrefill();
    }
    draft.decodeWaits(cause(), words(decode.gpusEach()));
    if (draft.demand().prefillMissing() && draft.demand().pairGpus() > gpusTotal) {
      draft.prefillWaits(WaitCause.NEVER_FITS, never(draft.demand().pairGpus()) + ": decode serves alone");
    } else {
      draft.prefillWaits(cause(), words(prefill.gpusEach()));
    }
  }

  private void wakeDecode(Draft draft) {
    if (draft.demand().decode().held() == 0) {
      left -= draft.demand().decode().gpusEach();
      draft.wakeDecode();
    }
  }

  private void wakePrefill(Draft draft) {
    if (draft.demand().prefillMissing()) {
      left -= draft.demand().prefill().gpusEach();
      draft.wakePrefill();
    }
  }

  private void leaveWaiting(Draft draft, int needed) {
    ModelDemand demand = draft.demand();
    if (demand.leastGpus() > gpusTotal) {
      String words = never(demand.leastGpus());
      draft.decodeWaits(WaitCause.NEVER_FITS, words);
      draft.prefillWaits(WaitCause.NEVER_FITS, words);
      return;
    }
    draft.decodeWaits(cause(), words(needed));
    draft.prefillWaits(WaitCause.DECODE_FIRST, "waits for decode of " + demand.model());
    if (contention == Contention.STRICT && head == null) {
      head = demand;
    }
  }

  private boolean fits(int gpus) {
    return gpus == 0 || (head == null && gpus <= left);
  }

  private WaitCause cause() {
    return head == null ? WaitCause.QUOTA : WaitCause.BEHIND;
  }

  private String words(int needed) {
    return head == null ? "waits for " + gpus(needed) + ", " + left + " left"
        : "waits behind " + head.model() + ", which needs " + gpus(head.leastGpus());
  }

  private String never(int needed) {
    return "needs " + gpus(needed) + ", and the queue has at most " + gpusTotal;
  }

  private static String gpus(int count) {
    return count + (count == 1 ? " GPU" : " GPUs");
  }
}

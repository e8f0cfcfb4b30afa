package dev.ebb.kueue.pairing;

/** A plan for one model while it is made. */
final class Draft {
  private final ModelDemand demand;
  private int decodeWoken;
  private int prefillWoken;
  private WaitCause decodeCause = WaitCause.NONE;
  private WaitCause prefillCause = WaitCause.NONE;
  private String decodeWords = "";
  private String prefillWords = "";

  Draft(ModelDemand demand) {
    this.demand = demand;
  }

  ModelDemand demand() {
    return demand;
  }

  void wakeDecode() {
    decodeWoken++;
  }

  void wakePrefill() {
    prefillWoken++;
  }

  void decodeWaits(WaitCause cause, String words) {
    decodeCause = cause;
    decodeWords = words;
  }

  void prefillWaits(WaitCause cause, String words) {
    prefillCause = cause;
    prefillWords = words;
  }

  /** Whether what is held and woken answers requests. */
  boolean serves() {
    boolean decodes = demand.decode().held() + decodeWoken > 0;
    boolean prefills = demand.prefill().held() + prefillWoken > 0;
    return decodes && (prefills || demand.decodeAlone() || demand.prefill().wanted() == 0);
  }

  int decodeWaiting() {
    return Math.max(0, demand.decodeWanted() - demand.decode().held() - decodeWoken);
  }

  int prefillWaiting() {
    return Math.max(0, demand.prefill().wanted() - demand.prefill().held() - prefillWoken);
  }

  ModelPlan plan() {
    if (demand.decodeWanted() == 0 || serves()) {
      return new ModelPlan(demand.model(), phase(decodeWoken, decodeWaiting(), decodeCause, decodeWords),
          phase(prefillWoken, prefillWaiting(), prefillCause, prefillWords));
    }
    // What is held by half a pair serves nobody, and somebody else may need it.
    PhaseDemand prefill = demand.prefill();
    return new ModelPlan(demand.model(),
        new PhasePlan(0, demand.decode().held(), demand.decodeWanted(), decodeCause, decodeWords),
        prefill.wanted() == 0
            ? new PhasePlan(0, prefill.held(), 0, WaitCause.NONE, "")
            : new PhasePlan(0, prefill.held(), prefill.wanted(), prefillCause, prefillWords));
  }

  private static PhasePlan phase(int wake, int waiting, WaitCause cause, String words) {
    return waiting == 0 ? new PhasePlan(wake, 0, 0, WaitCause.NONE, "") : new PhasePlan(wake, 0, waiting, cause, words);
  }
}

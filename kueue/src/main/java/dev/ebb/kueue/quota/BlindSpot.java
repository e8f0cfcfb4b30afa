package dev.ebb.kueue.quota;

/** What a {@link QuotaView} does not show, and a caller must not conclude from it. */
public enum BlindSpot {
  DRAINING_PODS("a pod that is ending holds its device until it is gone, up to 30 s behind Knative's queue-proxy, "
      + "while Kueue has given its quota back already"),
  STATUS_LAG("what is used is what Kueue last wrote into the status, and it may have admitted more since"),
  OUTSIDE_KUEUE("devices that pods outside Kueue hold, or that no node has, are not taken off the quota"),
  PREEMPTION("quota that less important Workloads hold counts as used, although the queue may push them out"),
  FLAVOR_ABSENT("a flavor of the queue has no ResourceFlavor, or none that could be read, so it gives nothing");

  private final String sentence;

  BlindSpot(String sentence) {
    this.sentence = sentence;
  }

  /** The spot in words, for people who operate the cluster. */
  public String sentence() {
    return sentence;
  }
}

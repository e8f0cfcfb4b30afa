package dev.ebb.kueue.admission;

/** How far a Workload got. */
public enum AdmissionState {
  /** No quota yet, and none lost: in the queue, or kept out of it. */
  WAITING,
  /** Quota is held, and checks beside quota are not through; the pod is still gated. */
  RESERVED,
  /** The pod may run. */
  ADMITTED,
  /** Quota was taken away, and none given again; it may be back in the queue. */
  EVICTED,
  /** Over, and without quota. */
  FINISHED
}

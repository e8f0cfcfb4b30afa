package dev.ebb.kueue.pairing;

/** Why replicas of a phase are not woken. */
public enum WaitCause {
  /** Nothing waits. */
  NONE,
  /** Fewer GPUs are left than needed; some come back when others go idle. */
  QUOTA,
  /** GPUs that are left are held back for a model that comes before. */
  BEHIND,
  /** Prefill waits since its decode does: alone it would hold GPUs and serve nobody. */
  DECODE_FIRST,
  /** More GPUs are needed than the queue ever has: the model or the quota must be changed. */
  NEVER_FITS
}

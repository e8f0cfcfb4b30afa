package dev.ebb.kueue.pairing;

/** What happens to GPUs that are left while a model that comes first needs more of them than there are. */
public enum Contention {
  /** They are held back for it, so that smaller models cannot keep it waiting for ever. No model starves. */
  STRICT,
  /** Models behind it may take them. No GPU is idle that serves somebody, and a large model may wait for ever. */
  BEST_EFFORT
}

package dev.ebb.router.function;

import java.util.Locale;

/** Where a function is in its life. */
public enum FunctionState {
  /** No process, none asked for. */
  STOPPED,
  /** A process runs but is not ready. */
  STARTING,
  /** Takes work. */
  READY,
  /** Asked to stop; finishes what it has. */
  DRAINING,
  /** Ended by itself; started again when its back-off is over and work waits. */
  FAILED;

  /** Lower-case name, used as metric label. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

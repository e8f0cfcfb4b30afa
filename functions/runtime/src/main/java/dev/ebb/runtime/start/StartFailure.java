package dev.ebb.runtime.start;

/** Why a function could not start or go on; the exit code tells whoever started it. */
public enum StartFailure {
  /** A setting is missing or out of range. */
  CONFIG(20),
  /** There is no model at the path. */
  MODEL_MISSING(21),
  /** The model is damaged, or of an architecture or type that is not known. */
  MODEL_UNUSABLE(22),
  /** The backend cannot run on this machine. */
  BACKEND_UNAVAILABLE(23),
  /** Not enough memory for the weights or the blocks. */
  MEMORY(24),
  /** The arena file was refused: another layout, damaged, or not permitted. */
  ARENA(25),
  /** The file system of the arena is full. */
  NO_SPACE(26),
  /** The backend was lost while it served; only a new process can have another. */
  BACKEND_LOST(27),
  /** A failure that has no better name; the log has its trace. */
  INTERNAL(29);

  private final int exitCode;

  StartFailure(int exitCode) {
    this.exitCode = exitCode;
  }

  /** The process's exit code. */
  public int exitCode() {
    return exitCode;
  }
}

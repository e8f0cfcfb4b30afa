package dev.ebb.engine.kv;

/** An arena that cannot be attached to; the message says what to do. */
public final class ArenaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why it was refused. */
  public enum Reason {
    OTHER_MODEL,
    OTHER_LAYOUT,
    OTHER_VERSION,
    /** Another kernel made it, and processes use it. */
    OTHER_BOOT,
    /** The file is not an arena, or shorter than it says. */
    DAMAGED,
    NO_SPACE,
    /** As many processes are attached as there are slots. */
    NO_SLOT,
    INPUT_OUTPUT
  }

  private final Reason reason;

  public ArenaException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public ArenaException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What kind of refusal it is. */
  public Reason reason() {
    return reason;
  }
}

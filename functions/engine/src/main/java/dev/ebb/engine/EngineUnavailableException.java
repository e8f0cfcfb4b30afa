package dev.ebb.engine;

/** The engine takes no work, or could not finish what it had; another engine may. */
public final class EngineUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** It is about to stop. */
    DRAINING,
    /** Its backend is lost. */
    UNHEALTHY,
    CLOSED
  }

  private final Reason reason;

  public EngineUnavailableException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public EngineUnavailableException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What kind of unavailability it is. */
  public Reason reason() {
    return reason;
  }
}

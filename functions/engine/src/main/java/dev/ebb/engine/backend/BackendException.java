package dev.ebb.engine.backend;

/** A backend's typed failure. */
public final class BackendException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Order of {@code ebb_status} in status.h, without OK. */
  public enum Reason {
    INVALID_ARGUMENT,
    UNSUPPORTED,
    OUT_OF_MEMORY,
    DEVICE_LOST,
    INTERNAL
  }

  private final Reason reason;

  public BackendException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** The same failure in other words. */
  public BackendException(String message, BackendException cause) {
    super(message, cause);
    this.reason = cause.reason();
  }

  /** What kind of failure it is. */
  public Reason reason() {
    return reason;
  }
}

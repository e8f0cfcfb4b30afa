package dev.ebb.runtime.start;

/** A start that failed for a known reason; the message is one sentence that says what to do. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final StartFailure failure;

  public StartException(StartFailure failure, String message) {
    super(message);
    this.failure = failure;
  }

  public StartException(StartFailure failure, String message, Throwable cause) {
    super(message, cause);
    this.failure = failure;
  }

  /** The kind of failure. */
  public StartFailure failure() {
    return failure;
  }
}

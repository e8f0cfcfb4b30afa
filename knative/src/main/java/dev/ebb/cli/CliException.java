package dev.ebb.cli;

/** A failure that the person at the terminal can act on; its message is one sentence that says what to do. */
public final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CliException(String message) {
    super(message);
  }

  public CliException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.ebb.engine.request;

/** A caller's mistake in one named parameter. */
public final class InvalidParameterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String parameter;
  private final String code;

  public InvalidParameterException(String parameter, String message) {
    this(parameter, "invalid_value", message);
  }

  public InvalidParameterException(String parameter, String code, String message) {
    super(message);
    this.parameter = parameter;
    this.code = code;
  }

  /** The parameter as the caller wrote it, such as {@code top_p}. */
  public String parameter() {
    return parameter;
  }

  /** A short machine-readable reason, such as {@code context_length_exceeded}. */
  public String code() {
    return code;
  }
}

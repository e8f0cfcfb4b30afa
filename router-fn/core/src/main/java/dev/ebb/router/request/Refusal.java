package dev.ebb.router.request;

/** A request that gets no answer, and why; each protocol has its own way to say it. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is, roughly. */
  public enum Kind {
    /** The caller must change the request. */
    INVALID,
    /** The thing asked for does not exist. */
    NOT_FOUND,
    /** The way of asking is not supported. */
    UNSUPPORTED,
    /** The body is over the limit. */
    TOO_LARGE,
    /** Too many requests wait; come back later. */
    TOO_MANY,
    /** No function can serve now; come back later. */
    UNAVAILABLE,
    /** The answer took longer than allowed. */
    TIMEOUT,
    /** A defect of ours. */
    INTERNAL
  }

  private final Kind kind;
  private final String parameter;
  private final String code;
  private final long retryAfterMs;

  private Refusal(Kind kind, String message, String parameter, String code, long retryAfterMs) {
    super(message, null, false, false);
    this.kind = kind;
    this.parameter = parameter;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** A mistake in one parameter ({@code null} for the request as a whole). */
  public static Refusal invalid(String parameter, String code, String message) {
    return new Refusal(Kind.INVALID, message, parameter, code, 0);
  }

  public static Refusal of(Kind kind, String parameter, String code, String message) {
    return new Refusal(kind, message, parameter, code, 0);
  }

  /** Worth another try after a while. */
  public static Refusal later(Kind kind, String code, String message, long retryAfterMs) {
    return new Refusal(kind, message, null, code, Math.max(1, retryAfterMs));
  }

  /** The router ends; another, or the next one, is to be asked. */
  public static Refusal stopping() {
    return later(Kind.UNAVAILABLE, "stopping", "The server is stopping; try again.", 1_000);
  }

  public Kind kind() {
    return kind;
  }

  /** The parameter at fault, or null. */
  public String parameter() {
    return parameter;
  }

  /** Machine-readable reason, or null. */
  public String code() {
    return code;
  }

  /** When to come back; 0 when that would not help. */
  public long retryAfterMs() {
    return retryAfterMs;
  }
}

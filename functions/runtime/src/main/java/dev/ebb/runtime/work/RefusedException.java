package dev.ebb.runtime.work;

import dev.ebb.events.ErrorBody;

/** A request that is refused with a given HTTP status and error object. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient ErrorBody body;

  public RefusedException(int status, ErrorBody body) {
    super(body.error().message());
    this.status = status;
    this.body = body;
  }

  /** A caller's mistake. */
  public static RefusedException invalid(int status, String param, String code, String message) {
    return new RefusedException(status, ErrorBody.invalid(message, param, code));
  }

  /** This process cannot answer now; another one, or this one later, can. */
  public static RefusedException unavailable(String code, String message) {
    return new RefusedException(503, ErrorBody.of(message, "service_unavailable", null, code));
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** The reply's body. */
  public ErrorBody body() {
    return body;
  }
}

package dev.ebb.router.app.platform;

/** There is no prefill to wait for now: decode computes the prompt as well. */
public final class DecodeAloneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DecodeAloneException() {
    super("prefill waits for quota, decode serves alone", null, false, false);
  }
}

package dev.ebb.router.app.config;

/** A setting that cannot be used; the message names it and says what it should be. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SettingsException(String message) {
    super(message);
  }
}

package dev.ebb.kueue.api;

/** The cluster has no Kueue that Ebb can read; the message says what to install. */
public final class KueueAbsentException extends Exception {
  public KueueAbsentException(String message) {
    super(message);
  }
}

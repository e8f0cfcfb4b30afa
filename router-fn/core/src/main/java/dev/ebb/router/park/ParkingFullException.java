package dev.ebb.router.park;

/** As many requests wait already as may. */
public final class ParkingFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ParkingFullException(int capacity) {
    super(capacity + " requests wait already");
  }
}

package dev.ebb.router.park;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A bounded waiting place, first come first served. Thread-safe; futures complete on the thread that releases.
 *
 * @param <T> what the waiting requests are given in the end
 */
public final class Parking<T> {
  private final int capacity;
  private final Set<CompletableFuture<T>> waiting = new LinkedHashSet<>();

  public Parking(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Waits. Cancelling the future leaves the place.
   *
   * @throws ParkingFullException when there is no place left
   */
  public CompletableFuture<T> park() {
    CompletableFuture<T> place = new CompletableFuture<>();
    synchronized (waiting) {
      if (waiting.size() >= capacity) {
        throw new ParkingFullException(capacity);
      }
      waiting.add(place);
    }
    place.whenComplete((value, failure) -> leave(place));
    return place;
  }

  /** Lets everyone go on, in the order of arrival. */
  public void release(T value) {
    takeAll().forEach(place -> place.complete(value));
  }

  /** Tells everyone that waiting is in vain. */
  public void refuse(RuntimeException cause) {
    takeAll().forEach(place -> place.completeExceptionally(cause));
  }

  /** Requests that wait now. */
  public int parked() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  private List<CompletableFuture<T>> takeAll() {
    synchronized (waiting) {
      List<CompletableFuture<T>> all = new ArrayList<>(waiting);
      waiting.clear();
      return all;
    }
  }

  private void leave(CompletableFuture<T> place) {
    synchronized (waiting) {
      waiting.remove(place);
    }
  }
}

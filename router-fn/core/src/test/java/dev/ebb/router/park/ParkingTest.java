package dev.ebb.router.park;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ParkingTest {
  private final Parking<String> parking = new Parking<>(3);

  @Test
  void allGoOnInTheOrderOfArrival() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      parking.park().thenAccept(value -> order.add(number));
    }
    assertEquals(3, parking.parked());
    parking.release("go");
    assertEquals(List.of(0, 1, 2), order);
    assertEquals(0, parking.parked());
  }

  @Test
  void aFullPlaceSaysSoAndTakesAgainWhenOneLeaves() {
    CompletableFuture<String> first = parking.park();
    parking.park();
    parking.park();
    assertThrows(ParkingFullException.class, parking::park);
    first.cancel(false);
    assertEquals(2, parking.parked());
    assertFalse(parking.park().isDone());
  }

  @Test
  void allAreToldWhenWaitingIsInVain() {
    CompletableFuture<String> place = parking.park();
    parking.refuse(new IllegalStateException("broken"));
    CompletionException thrown = assertThrows(CompletionException.class, place::join);
    assertEquals("broken", thrown.getCause().getMessage());
    assertEquals(0, parking.parked());
  }

  @Test
  void oneWhoParksWhileOthersAreReleasedIsNotLost() throws InterruptedException {
    Parking<String> large = new Parking<>(100_000);
    AtomicInteger released = new AtomicInteger();
    Thread releasing = Thread.ofVirtual().start(() -> {
      while (!Thread.currentThread().isInterrupted()) {
        large.release("go");
      }
    });
    List<CompletableFuture<String>> places = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      places.add(large.park());
      places.getLast().thenAccept(value -> released.incrementAndGet());
    }
    releasing.interrupt();
    releasing.join();
    large.release("go");
    assertTrue(places.stream().allMatch(CompletableFuture::isDone));
    assertEquals(20_000, released.get());
  }
}

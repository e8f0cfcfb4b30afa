package dev.ebb.router.app.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.router.app.cluster.PairingGate.Verdict;
import dev.ebb.router.function.Phase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairingGateTest {
  private static final PairingGate A = new PairingGate("a", 1, 1);
  private static final PairingGate B = new PairingGate("b", 1, 1);

  private static Seat seat(String model, Phase phase, boolean holds, long createdMs) {
    return new Seat(model, phase, holds, 1, createdMs);
  }

  private static Verdict decide(PairingGate gate, int left, int most, Seat... seats) {
    return gate.decide(left, most, false, List.of(seats), 1_000);
  }

  @Test
  void bothAreAskedForWhereBothFit() {
    assertEquals(Verdict.OPEN, decide(A, 4, 4));
    assertEquals(Verdict.OPEN, decide(A, 1, 2, seat("a", Phase.DECODE, true, 1)));
    assertEquals(Verdict.OPEN,
        decide(A, 0, 2, seat("a", Phase.DECODE, true, 1), seat("a", Phase.PREFILL, true, 1)));
  }

  @Test
  void whereAnotherPairWouldNotFitDecodeAsksFirst() {
    for (int left = 2; left < 4; left++) {
      Verdict verdict = decide(A, left, left, seat("a", Phase.DECODE, false, 1));
      assertTrue(verdict.withheld() && !verdict.alone(), verdict.toString());
      assertEquals("asks for quota once decode has its own", verdict.why());
    }
    assertEquals(Verdict.OPEN, decide(A, 1, 2, seat("a", Phase.DECODE, true, 1)));
  }

  @Test
  void withOneGpuPrefillIsHeldBackAndDecodeServesAlone() {
    Verdict before = decide(A, 1, 1);
    assertTrue(before.withheld());
    assertFalse(before.alone(), "nobody serves yet");
    Verdict after = decide(A, 0, 1, seat("a", Phase.DECODE, true, 1));
    assertTrue(after.withheld() && after.alone(), after.why());
    assertEquals("needs 2 GPUs, and the queue has at most 1: decode serves alone", after.why());
  }

  @Test
  void aPrefillWhoseDecodeWaitsIsReleased() {
    Verdict verdict = decide(A, 0, 2, seat("a", Phase.PREFILL, true, 1), seat("a", Phase.DECODE, false, 2),
        seat("b", Phase.DECODE, true, 1));
    assertTrue(verdict.withheld());
    assertFalse(verdict.alone());
    assertEquals("waits for decode of a", verdict.why());
  }

  @Test
  void kueueIsAskedToMakeRoomForAPrefillWhereItMay() {
    Verdict verdict = A.decide(0, 4, true, List.of(seat("a", Phase.DECODE, true, 1)), 1_000);
    assertTrue(verdict.alone());
    assertFalse(verdict.withheld());
  }

  @Test
  void functionsOnTheCpuArePairedFreely() {
    assertEquals(Verdict.OPEN, new PairingGate("a", 0, 0).decide(0, 0, false, List.of(), 1));
  }

  /**
   * Two models, one GPU short, each router with a mind of its own: Kueue gives in the order of asking, and asks nobody
   * what for. Without the rule the second model's prefill takes the last GPU, and both its halves wait for each other.
   */
  @Test
  void twoModelsOneGpuShortAreBothServed() {
    List<Seat> seats = contend(3);
    assertTrue(holds(seats, "a", Phase.DECODE) && holds(seats, "b", Phase.DECODE), seats.toString());
    assertEquals(3, seats.stream().filter(Seat::holds).count(), "and no GPU is idle");
    assertTrue(A.decide(0, 3, false, seats, 9).alone() ^ B.decide(0, 3, false, seats, 9).alone());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void noGpuIsIdleWithFewerOrMore(int gpus) {
    assertEquals(gpus, contend(gpus).stream().filter(Seat::holds).count());
  }

  /** Two models ask for all they want at once; at no time has a prefill quota whose decode has none. */
  private static List<Seat> contend(int gpus) {
    List<Seat> seats = new ArrayList<>();
    for (int step = 1; step <= 6; step++) {
      // What the other asks for in the same moment neither sees.
      List<Seat> seen = List.copyOf(seats);
      for (PairingGate gate : List.of(A, B)) {
        Verdict verdict = gate.decide(left(gpus, seen), gpus, false, seen, step);
        // Prefill first: the worst order there is.
        ask(seats, gate.slug(), Phase.PREFILL, !verdict.withheld(), step);
        ask(seats, gate.slug(), Phase.DECODE, true, step);
      }
      admit(gpus, seats);
      for (String model : List.of("a", "b")) {
        assertTrue(!holds(seats, model, Phase.PREFILL) || holds(seats, model, Phase.DECODE), seats.toString());
      }
    }
    return seats;
  }

  private static int left(int gpus, List<Seat> seats) {
    return gpus - (int) seats.stream().filter(Seat::holds).count();
  }

  private static boolean holds(List<Seat> seats, String model, Phase phase) {
    return seats.stream().anyMatch(seat -> seat.slug().equals(model) && seat.phase() == phase && seat.holds());
  }

  /** What the scaler does: a pod where there is demand, none where there is none. */
  private static void ask(List<Seat> seats, String model, Phase phase, boolean demand, long now) {
    boolean there = seats.stream().anyMatch(seat -> seat.slug().equals(model) && seat.phase() == phase);
    if (demand && !there) {
      seats.add(seat(model, phase, false, now));
    } else if (!demand) {
      seats.removeIf(seat -> seat.slug().equals(model) && seat.phase() == phase);
    }
  }

  /** What Kueue does. */
  private static void admit(int gpus, List<Seat> seats) {
    for (int i = 0; i < seats.size(); i++) {
      Seat seat = seats.get(i);
      if (!seat.holds() && left(gpus, seats) > 0) {
        seats.set(i, seat(seat.slug(), seat.phase(), true, seat.createdMs()));
      }
    }
  }
}

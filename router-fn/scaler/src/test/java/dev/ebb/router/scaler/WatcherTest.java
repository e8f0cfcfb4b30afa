package dev.ebb.router.scaler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.router.scaler.wire.IsActiveResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a stream hears turn by turn. */
class WatcherTest {
  private final Tested demand = new Tested();
  private final Heard heard = new Heard();
  private final Watcher watcher = new Watcher(demand, Tested.WORK, heard);

  /** The turns, counted from 1, in which something was said. */
  private List<Integer> turns(int count) {
    List<Integer> said = new ArrayList<>();
    for (int turn = 1; turn <= count; turn++) {
      int before = heard.answers.size();
      watcher.turn();
      if (heard.answers.size() > before) {
        said.add(turn);
      }
    }
    return said;
  }

  @Test
  void demandThatLastsIsSaidEachTurnAtFirstAndThenInEachFifth() {
    for (int round = 0; round < 2; round++) {
      demand.set(1);
      watcher.risen();
      assertEquals(List.of(true), heard.answers);
      assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30), turns(33));
      demand.set(0);
      heard.answers.clear();
      assertEquals(List.of(1), turns(10), "the fall is said in the turn after it, once");
      assertEquals(List.of(false), heard.answers);
      heard.answers.clear();
    }
  }

  @Test
  void aRiseThatATurnFindsIsOneToo() {
    demand.set(1);
    assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16), turns(20));
  }

  @Test
  void whatNobodyCouldHearIsSaidInTheFirstTurnThatFindsAListener() {
    demand.set(1);
    turns(20);
    heard.ready = false;
    assertEquals(List.of(), turns(7));
    heard.ready = true;
    assertEquals(List.of(1, 6), turns(8));
    heard.ready = false;
    demand.set(0);
    assertEquals(List.of(), turns(3));
    heard.ready = true;
    assertEquals(List.of(1), turns(3));
  }

  /** A stream's end in memory. */
  private static final class Heard extends ServerCallStreamObserver<IsActiveResponse> {
    private final List<Boolean> answers = new ArrayList<>();
    private boolean ready = true;

    @Override
    public void onNext(IsActiveResponse answer) {
      answers.add(answer.getResult());
    }

    @Override
    public void onError(Throwable failure) {
      throw new AssertionError(failure);
    }

    @Override
    public void onCompleted() {}

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }
}

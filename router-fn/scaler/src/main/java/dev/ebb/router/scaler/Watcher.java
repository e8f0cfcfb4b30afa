package dev.ebb.router.scaler;

import dev.ebb.router.scaler.wire.IsActiveResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Map;

/** One open stream and what it was told last. Used by one thread. */
final class Watcher {
  /** So long KEDA may not have acted yet: the push was lost, or it was busy with the ScaledObject. */
  static final int OFTEN_TURNS = 10;
  /** After that as often as KEDA polls by itself, since it writes into the ScaledObject's status at each. */
  static final int SELDOM_TURNS = 5;

  private final DemandSource source;
  private final Map<String, String> metadata;
  private final ServerCallStreamObserver<IsActiveResponse> stream;
  private boolean active;
  private int turnsSinceRise;
  private int turnsSinceTold;

  Watcher(DemandSource source, Map<String, String> metadata, ServerCallStreamObserver<IsActiveResponse> stream) {
    this.source = source;
    this.metadata = metadata;
    this.stream = stream;
  }

  /** Demand rose somewhere. Who was told so already is told again in turn, not for each of many short requests. */
  void risen() {
    if (!active && demand()) {
      tell(true);
    }
  }

  /** Says that there is demand, at once and again, often at first, and once that there is none any more. */
  void turn() {
    boolean now = demand();
    if (now != active) {
      tell(now);
    } else if (now) {
      turnsSinceRise++;
      turnsSinceTold++;
      if (turnsSinceRise <= OFTEN_TURNS || turnsSinceTold >= SELDOM_TURNS) {
        tell(true);
      }
    }
  }

  private boolean demand() {
    return source.value(metadata) > 0;
  }

  private void tell(boolean now) {
    // Where nobody reads, nothing piles up: the next turn says what is true then.
    if (stream.isReady()) {
      turnsSinceRise = active ? turnsSinceRise : 0;
      turnsSinceTold = 0;
      active = now;
      stream.onNext(IsActiveResponse.newBuilder().setResult(now).build());
    }
  }

  /** Ends the stream well, after which KEDA asks again in two seconds; after a failure it waits up to a minute. */
  void end() {
    if (!stream.isCancelled()) {
      stream.onCompleted();
    }
  }

  void fail(RuntimeException why) {
    if (!stream.isCancelled()) {
      stream.onError(why);
    }
  }
}

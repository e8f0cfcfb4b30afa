package dev.ebb.router.scaler;

import dev.ebb.router.scaler.wire.IsActiveResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Map;

/** One open stream and what it was told last. Used by one thread. */
final class Watcher {
  private final DemandSource source;
  private final Map<String, String> metadata;
  private final ServerCallStreamObserver<IsActiveResponse> stream;
  private boolean active;

  Watcher(DemandSource source, Map<String, String> metadata, ServerCallStreamObserver<IsActiveResponse> stream) {
    this.source = source;
    this.metadata = metadata;
    this.stream = stream;
  }

  /** Demand rose somewhere. Who was told so already is told again in turn, not for each of many short requests. */
  void risen() {
    if (!active) {
      tell();
    }
  }

  /** Says that there is demand, as often as it is called, and once that there is none any more. */
  void tell() {
    boolean now = source.value(metadata) > 0;
    // Where nobody reads, nothing piles up: the next turn says what is true then.
    if ((now || active) && stream.isReady()) {
      active = now;
      stream.onNext(IsActiveResponse.newBuilder().setResult(now).build());
    }
  }

  void end(RuntimeException why) {
    if (!stream.isCancelled()) {
      stream.onError(why);
    }
  }
}

package dev.ebb.router.scaler;

import dev.ebb.router.scaler.wire.ExternalScalerGrpc;
import dev.ebb.router.scaler.wire.IsActiveResponse;
import dev.ebb.router.scaler.wire.ScaledObjectRef;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client's end of one stream. */
final class Listening implements StreamObserver<IsActiveResponse> {
  private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
  private final ClientCall<ScaledObjectRef, IsActiveResponse> call;

  Listening(ManagedChannel channel, Map<String, String> metadata) {
    call = channel.newCall(ExternalScalerGrpc.getStreamIsActiveMethod(), CallOptions.DEFAULT);
    ClientCalls.asyncServerStreamingCall(
        call, ScaledObjectRef.newBuilder().putAllScalerMetadata(metadata).build(), this);
  }

  /** What came next: a Boolean, a Status at the end; null where nothing came in that time. */
  Object next(long withinMs) throws InterruptedException {
    return heard.poll(withinMs, TimeUnit.MILLISECONDS);
  }

  /** What came next that is not this one, which may still be on its way a few times. */
  Object nextOther(Object one, long withinMs) throws InterruptedException {
    Object next = next(withinMs);
    while (one.equals(next)) {
      next = next(withinMs);
    }
    return next;
  }

  void cancel() {
    call.cancel("the test's end", null);
  }

  @Override
  public void onNext(IsActiveResponse answer) {
    heard.add(answer.getResult());
  }

  @Override
  public void onError(Throwable failure) {
    heard.add(Status.fromThrowable(failure));
  }

  @Override
  public void onCompleted() {
    heard.add(Status.OK);
  }
}

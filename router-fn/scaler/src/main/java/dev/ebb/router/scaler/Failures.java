package dev.ebb.router.scaler;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Failures as the caller is to see them; KEDA writes the description to its log and to the ScaledObject's events. */
final class Failures {

  private Failures() {}

  static StatusRuntimeException of(RuntimeException failure) {
    if (failure instanceof StatusRuntimeException known) {
      return known;
    }
    Status status = failure instanceof IllegalArgumentException ? Status.INVALID_ARGUMENT : Status.INTERNAL;
    return status.withDescription(failure.getMessage()).withCause(failure).asRuntimeException();
  }
}

package dev.ebb.router.scaler;

import dev.ebb.router.scaler.wire.ExternalScalerGrpc;
import dev.ebb.router.scaler.wire.GetMetricSpecResponse;
import dev.ebb.router.scaler.wire.GetMetricsRequest;
import dev.ebb.router.scaler.wire.GetMetricsResponse;
import dev.ebb.router.scaler.wire.IsActiveResponse;
import dev.ebb.router.scaler.wire.MetricSpec;
import dev.ebb.router.scaler.wire.MetricValue;
import dev.ebb.router.scaler.wire.ScaledObjectRef;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.function.Supplier;

/** The four calls of KEDA's external scaler. */
final class ScalerService extends ExternalScalerGrpc.ExternalScalerImplBase {
  static final String METRIC = "ebb-demand";

  private final DemandSource source;
  private final Watchers watchers;

  ScalerService(DemandSource source, Watchers watchers) {
    this.source = source;
    this.watchers = watchers;
  }

  @Override
  public void isActive(ScaledObjectRef asked, StreamObserver<IsActiveResponse> answer) {
    answer(answer, () -> IsActiveResponse.newBuilder()
        .setResult(source.value(asked.getScalerMetadataMap()) > 0).build());
  }

  @Override
  public void streamIsActive(ScaledObjectRef asked, StreamObserver<IsActiveResponse> answer) {
    var stream = (ServerCallStreamObserver<IsActiveResponse>) answer;
    Watcher watcher = new Watcher(source, Map.copyOf(asked.getScalerMetadataMap()), stream);
    // Can be set only before this method returns.
    stream.setOnCancelHandler(() -> watchers.remove(watcher));
    watchers.add(watcher);
  }

  @Override
  public void getMetricSpec(ScaledObjectRef asked, StreamObserver<GetMetricSpecResponse> answer) {
    answer(answer, () -> {
      // Asked of only to refuse a trigger that nothing is known of.
      source.value(asked.getScalerMetadataMap());
      double threshold = Threshold.of(asked.getScalerMetadataMap());
      return GetMetricSpecResponse.newBuilder().addMetricSpecs(MetricSpec.newBuilder().setMetricName(METRIC)
          .setTargetSize((long) Math.ceil(threshold)).setTargetSizeFloat(threshold)).build();
    });
  }

  @Override
  public void getMetrics(GetMetricsRequest asked, StreamObserver<GetMetricsResponse> answer) {
    answer(answer, () -> {
      if (!asked.getMetricName().equals(METRIC)) {
        throw new IllegalArgumentException(
            "no metric '" + asked.getMetricName() + "' here; the only one is " + METRIC);
      }
      int value = source.value(asked.getScaledObjectRef().getScalerMetadataMap());
      return GetMetricsResponse.newBuilder().addMetricValues(MetricValue.newBuilder().setMetricName(METRIC)
          .setMetricValue(value).setMetricValueFloat(value)).build();
    });
  }

  private static <T> void answer(StreamObserver<T> answer, Supplier<T> result) {
    try {
      answer.onNext(result.get());
      answer.onCompleted();
    } catch (RuntimeException e) {
      answer.onError(Failures.of(e));
    }
  }
}

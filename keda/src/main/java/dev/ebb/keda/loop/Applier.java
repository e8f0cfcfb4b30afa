package dev.ebb.keda.loop;

import dev.ebb.keda.decide.Decision;
import dev.ebb.keda.decide.Observed;
import dev.ebb.keda.decide.Scaling;
import dev.ebb.keda.resource.ScaledObject;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscalerBuilder;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscalerStatus;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Carries out decisions: creates what is not there, and writes what differs, refused where what was seen is stale. */
final class Applier {
  private final KubernetesClient client;
  private final Overlay overlay;

  Applier(KubernetesClient client) {
    this.client = client;
    overlay = new Overlay(client.getKubernetesSerialization());
  }

  /**
   * Brings the cluster into line.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException where the API server refuses, with code
   *     409 what rests on a stale view
   */
  void apply(Observed seen, Decision decision) {
    decision.serverlessService().ifPresent(wanted -> write(seen.serverlessService(), wanted, ServerlessService.class));
    // Before the ScaledObject: a revision must become ready even while KEDA's webhook is away.
    writeStatus(seen.podAutoscaler(), decision.status());
    switch (decision.scaling()) {
      case Scaling.Untouched untouched -> { }
      case Scaling.Wanted(ScaledObject wanted, boolean paused) ->
          write(seen.scaledObject().map(current -> paused ? current : resumed(current)), wanted, ScaledObject.class,
              seen.scaledObject());
      case Scaling.PauseOnly(boolean paused) ->
          seen.scaledObject().ifPresent(current -> writePause(current, paused));
    }
  }

  private void writePause(ScaledObject current, boolean paused) {
    ScaledObject wanted = paused ? paused(current) : resumed(current);
    if (!overlay.same(current, wanted)) {
      client.resource(wanted).update();
    }
  }

  private <T extends HasMetadata> void write(Optional<T> current, T wanted, Class<T> type) {
    write(current, wanted, type, current);
  }

  /** Lays {@code wanted} over {@code base}, and writes where that differs from {@code current}. */
  private <T extends HasMetadata> void write(Optional<T> base, T wanted, Class<T> type, Optional<T> current) {
    if (current.isEmpty()) {
      client.resource(wanted).create();
      return;
    }
    T merged = overlay.onto(base.orElseThrow(), wanted, type);
    if (!overlay.same(current.get(), merged)) {
      client.resource(merged).update();
    }
  }

  private void writeStatus(PodAutoscaler pa, PodAutoscalerStatus status) {
    if (!overlay.same(pa.getStatus(), status)) {
      client.resource(new PodAutoscalerBuilder(pa).withStatus(status).build()).updateStatus();
    }
  }

  private ScaledObject paused(ScaledObject object) {
    return annotated(object, annotations -> {
      annotations.put(ScaledObject.PAUSED_REPLICAS, "0");
      annotations.put(Scaling.PAUSED_BY_ROUTING, "true");
    });
  }

  /** The object without the pause that routing set; one that a person set stays. */
  private ScaledObject resumed(ScaledObject object) {
    return annotated(object, annotations -> {
      if (annotations.remove(Scaling.PAUSED_BY_ROUTING) != null) {
        annotations.remove(ScaledObject.PAUSED_REPLICAS);
      }
    });
  }

  private ScaledObject annotated(ScaledObject object, Consumer<Map<String, String>> change) {
    ScaledObject copy = client.getKubernetesSerialization().clone(object);
    Map<String, String> annotations = new HashMap<>();
    if (copy.getMetadata().getAnnotations() != null) {
      annotations.putAll(copy.getMetadata().getAnnotations());
    }
    change.accept(annotations);
    copy.getMetadata().setAnnotations(annotations);
    return copy;
  }
}

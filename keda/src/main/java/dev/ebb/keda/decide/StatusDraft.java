package dev.ebb.keda.decide;

import dev.ebb.keda.resource.ScaledObject;
import dev.ebb.keda.resource.ScaledObjectStatus;
import dev.ebb.keda.setting.Reading;
import dev.ebb.keda.setting.Settings;
import dev.ebb.keda.trigger.Names;
import dev.ebb.keda.trigger.PrometheusTrigger;
import dev.ebb.keda.trigger.Trigger;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscalerStatus;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessServiceStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** The PodAutoscaler's status as the Revision reads it. */
final class StatusDraft {
  private final Observed seen;
  private final Reading reading;
  private final boolean foreignService;
  private final int desired;
  private final int ready;
  private final boolean initialized;

  StatusDraft(Observed seen, Reading reading, boolean foreignService) {
    this.seen = seen;
    this.reading = reading;
    this.foreignService = foreignService;
    desired = seen.deployment().map(StatusDraft::desired).orElse(0);
    ready = seen.deployment().map(StatusDraft::ready).orElse(0);
    initialized = Conditions.isTrue(seen.previous().getConditions(), Conditions.INITIALIZED) || startsNow();
  }

  /** Whether a pod was ready once, behind a service that was; stays true for good. */
  boolean initialized() {
    return initialized;
  }

  boolean foreignService() {
    return foreignService;
  }

  Reading reading() {
    return reading;
  }

  /** What KEDA says of our ScaledObject, once it says something. */
  Optional<ScaledObjectStatus.StatusCondition> scaledObjectVerdict() {
    return seen.scaledObject().filter(object -> Ownership.isControlledBy(object, seen.podAutoscaler()))
        .map(ScaledObject::getStatus).flatMap(status -> status.condition("Ready"));
  }

  PodAutoscalerStatus status() {
    PodAutoscalerStatus previous = seen.previous();
    PodAutoscalerStatus status = new PodAutoscalerStatus();
    status.setObservedGeneration(seen.podAutoscaler().getMetadata().getGeneration());
    Optional<ServerlessServiceStatus> service = ownService().map(ServerlessService::getStatus);
    // Both keys are required by the CRD, so there is an empty one where there is no name yet.
    status.setServiceName(service.map(ServerlessServiceStatus::getServiceName).orElse(""));
    status.setMetricsServiceName(service.map(ServerlessServiceStatus::getPrivateServiceName).orElse(""));
    if (seen.deployment().isPresent()) {
      status.setDesiredScale(desired);
      status.setActualScale(ready);
    }
    Conditions conditions = new Conditions(previous.getConditions(), seen.now());
    settings(conditions);
    active(conditions);
    service(conditions);
    initialized(conditions);
    scaledObjectVerdict().ifPresent(verdict ->
        conditions.info(Conditions.SCALED_OBJECT_READY, verdict.status, verdict.reason, verdict.message));
    serving(conditions);
    status.setConditions(conditions.withReady());
    status.setAnnotations(previous.getAnnotations());
    status.setAdditionalProperties(previous.getAdditionalProperties());
    return status;
  }

  /** Warnings about Serving, where they concern what these triggers ask. */
  private void serving(Conditions conditions) {
    boolean asksActivator = reading instanceof Reading.Valid(Settings settings)
        && settings.triggers().stream().anyMatch(StatusDraft::asksActivator);
    List<Notice> warnings = seen.serving().concerns().stream()
        .filter(concern -> asksActivator || !concern.activatorOnly()).map(Serving.Concern::notice)
        .filter(Notice::warning).toList();
    if (!warnings.isEmpty()) {
      conditions.info(Conditions.SERVING_SUITED, seen.serving().has("ServingUnknown") ? "Unknown" : "False",
          warnings.getFirst().reason(), warnings.stream().map(Notice::message).collect(Collectors.joining("; ")));
    }
  }

  private static boolean asksActivator(Trigger trigger) {
    return trigger instanceof PrometheusTrigger prometheus && prometheus.query().contains(Names.ACTIVATOR);
  }

  /** Settings that cannot stand come first: they are what a person must mend. */
  private void settings(Conditions conditions) {
    if (reading instanceof Reading.Refused refused) {
      conditions.isFalse(Conditions.SETTINGS_VALID, Notices.BAD_SETTINGS, refused.message());
    }
  }

  /** Never False before the first ready pod, or Serving takes the revision for failed; unless it is to be given up. */
  private void active(Conditions conditions) {
    if (desired > 0 && ready > 0) {
      conditions.isTrue(Conditions.ACTIVE);
    } else if (desired == 0 && initialized && seen.deployment().isPresent()) {
      conditions.isFalse(Conditions.ACTIVE, "NoTraffic", "no demand, so no pod");
    } else if (!initialized && seen.needless()) {
      conditions.isFalse(Conditions.ACTIVE, seen.superseded() ? "Superseded" : "NoTraffic",
          "it never became ready, and "
              + (seen.superseded() ? "a newer revision takes its place" : "no route names it"));
    } else {
      conditions.unknown(Conditions.ACTIVE, "Queued", "no pod is ready yet");
    }
  }

  private void service(Conditions conditions) {
    if (foreignService) {
      conditions.unknown(Conditions.SKS_READY, Notices.NOT_OWNED, Notices.notOwned("ServerlessService", seen));
    } else if (serviceReady()) {
      conditions.isTrue(Conditions.SKS_READY);
    } else {
      conditions.unknown(Conditions.SKS_READY, "NotReady", "the ServerlessService is not ready yet");
    }
  }

  private void initialized(Conditions conditions) {
    if (initialized) {
      conditions.isTrue(Conditions.INITIALIZED);
    } else {
      conditions.unknown(Conditions.INITIALIZED, null, null);
    }
  }

  /** A revision with bad settings does not start: it would run for ever, with nothing to put it to zero. */
  private boolean startsNow() {
    return reading instanceof Reading.Valid(Settings settings) && serviceReady()
        && (ready > 0 || settings.initial() == 0);
  }

  private boolean serviceReady() {
    return ownService().filter(service -> service.getStatus() != null
        && Conditions.isTrue(service.getStatus().getConditions(), "Ready")
        && Objects.equals(service.getStatus().getObservedGeneration(), service.getMetadata().getGeneration()))
        .isPresent();
  }

  private Optional<ServerlessService> ownService() {
    return foreignService ? Optional.empty() : seen.serverlessService();
  }

  private static int desired(Deployment deployment) {
    // Kubernetes' default where nothing is said.
    return Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1);
  }

  private static int ready(Deployment deployment) {
    return deployment.getStatus() == null ? 0
        : Objects.requireNonNullElse(deployment.getStatus().getReadyReplicas(), 0);
  }
}

package dev.ebb.knative.deploy;

import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.render.ObjectKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Follows routers, functions and pulls until each was ready once, and tells every step. */
final class Waiting {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  /** A verdict this old stands; Knative takes younger ones back when a registry or webhook was only slow. */
  private static final Duration FAILED_FOR = Duration.ofSeconds(30);

  /** These have no pods of their own. */
  private static final List<ObjectKind> EVENTING =
      List.of(ObjectName.BROKER, ObjectName.TRIGGER, ObjectName.JOB_SINK);

  private final Api api;
  private final Consumer<String> tell;
  private final Function<Pod, Optional<String>> place;
  private final Instant began;
  private final Map<ObjectName, String> told = new HashMap<>();
  private final Map<ObjectName, Instant> failedSince = new HashMap<>();

  /**
   * A wait.
   *
   * @param began from when on time counts
   * @param place where a pod stands in its queue, in a sentence
   */
  Waiting(Api api, Instant began, Function<Pod, Optional<String>> place, Consumer<String> tell) {
    this.api = api;
    this.began = began;
    this.place = place;
    this.tell = tell;
  }

  /** Whether an object is one to wait for. */
  static boolean isFollowed(ObjectName object) {
    return EVENTING.contains(object.kind())
        || List.of(ObjectName.KNATIVE_SERVICE, ObjectName.DEPLOYMENT, ObjectName.JOB).contains(object.kind());
  }

  /**
   * Waits; what is not ready in time or has failed, each with its last words. Empty when all is well. Each is looked
   * at, even where the time is over.
   */
  Map<ObjectName, String> until(List<ObjectName> objects, Duration limit) throws InterruptedException {
    List<ObjectName> left = new ArrayList<>(objects);
    Map<ObjectName, String> failed = new LinkedHashMap<>();
    left.removeIf(object -> isOver(object, failed));
    while (!left.isEmpty() && Instant.now().isBefore(began.plus(limit))) {
      Thread.sleep(PAUSE);
      left.removeIf(object -> isOver(object, failed));
    }
    left.forEach(object -> failed.put(object, told.getOrDefault(object, "was not seen")));
    return failed;
  }

  private boolean isOver(ObjectName name, Map<ObjectName, String> failed) {
    try {
      Optional<GenericKubernetesResource> object = api.find(name.kind(), name.namespace(), name.name());
      if (object.isEmpty()) {
        say(name, "was taken away by somebody");
        failed.put(name, "was taken away by somebody");
        return true;
      }
      return isOver(name, object.get(), failed);
    } catch (KubernetesClientException e) {
      say(name, "cannot be looked at: " + e.getMessage());
      return false;
    }
  }

  private boolean isOver(ObjectName name, GenericKubernetesResource object, Map<ObjectName, String> failed) {
    Readiness readiness = Readiness.of(object);
    if (readiness.state() == Readiness.State.READY) {
      say(name, readiness.why());
      return true;
    }
    Optional<Pod> newest = EVENTING.contains(name.kind()) ? Optional.empty() : newest(object);
    // Knative calls a service failed whose pod waits for quota, unless config-deployment says otherwise.
    if (readiness.state() == Readiness.State.WAITS || newest.filter(Stage::isGated).isPresent()) {
      failedSince.remove(name);
      say(name, newest.map(pod -> Stage.of(pod, workload(pod), place.apply(pod))).orElse(readiness.why()));
      return false;
    }
    say(name, readiness.why());
    Instant since = failedSince.computeIfAbsent(name, first -> Instant.now());
    if (name.kind().equals(ObjectName.JOB) || Instant.now().isAfter(since.plus(FAILED_FOR))) {
      failed.put(name, readiness.why());
      return true;
    }
    return false;
  }

  private void say(ObjectName name, String words) {
    if (!words.equals(told.put(name, words))) {
      long seconds = Duration.between(began, Instant.now()).toSeconds();
      tell.accept(String.format("%4d s  %s %s", seconds, name.name(), words));
    }
  }

  /** The newest pod of what the object makes; of a Knative service those of its newest revision. */
  private Optional<Pod> newest(GenericKubernetesResource object) {
    Map<String, String> labels = new HashMap<>();
    Map<String, Object> status = Tree.map(object.getAdditionalProperties(), "status");
    if (object.getKind().equals("Service")) {
      labels.put("serving.knative.dev/revision", Tree.text(status, "latestCreatedRevisionName"));
    } else if (object.getKind().equals("Job")) {
      labels.put("job-name", object.getMetadata().getName());
    } else {
      object.getMetadata().getLabels().forEach((key, value) -> {
        if (key.startsWith("ebb.dev/") || key.endsWith("/component")) {
          labels.put(key, value);
        }
      });
    }
    return api.client().pods().inNamespace(object.getMetadata().getNamespace()).withLabels(labels).list().getItems()
        .stream().filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .max(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()));
  }

  private Optional<Map<String, Object>> workload(Pod pod) {
    return api.list(ObjectName.WORKLOAD, pod.getMetadata().getNamespace(), Map.of()).stream()
        .filter(workload -> isOf(workload, pod))
        .map(workload -> Tree.map(workload.getAdditionalProperties(), "status")).findFirst();
  }

  private static boolean isOf(GenericKubernetesResource workload, Pod pod) {
    List<OwnerReference> owners = workload.getMetadata().getOwnerReferences();
    return owners != null && owners.stream().anyMatch(owner -> owner.getUid().equals(pod.getMetadata().getUid()));
  }
}

package dev.ebb.it.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.Metrics;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The revisions of a Knative service, and how its traffic is shared among them. */
final class Revisions {
  private static final Duration LONG = Duration.ofSeconds(180);
  private static final Set<String> TROUBLES = Set.of("ErrImagePull", "ImagePullBackOff", "CrashLoopBackOff");
  private static final String LABEL = "serving.knative.dev/revision";

  private final String namespace;
  private final String service;

  Revisions(String namespace, String service) {
    this.namespace = namespace;
    this.service = service;
  }

  /** Waits until the newest that was asked for is ready and has the traffic that it is to have; its name. */
  String awaitReady() {
    Await.until(service + " is ready", LONG, () -> isTakenUp() && isReady(service()));
    return service().at("/status/latestReadyRevisionName").asText();
  }

  /** Waits until the newest that was asked for exists; its name. */
  String awaitCreated() {
    Await.until(service + " is taken up", LONG, this::isTakenUp);
    return service().at("/status/latestCreatedRevisionName").asText();
  }

  /** Shares the traffic, in percent by revision, and waits until the routes stand. */
  void share(Map<String, Integer> percents) {
    traffic(percents.entrySet().stream().map(one -> "{\"revisionName\":\"" + one.getKey() + "\",\"percent\":"
        + one.getValue() + "}").collect(Collectors.joining(",")));
    Await.until("traffic " + percents, LONG, () -> shares().equals(percents));
  }

  /** All traffic to the newest that is ready, from now on. */
  void followNewest() {
    traffic("{\"latestRevision\":true,\"percent\":100}");
    awaitReady();
  }

  /** Percents by revision, as the routes stand. */
  Map<String, Integer> shares() {
    return StreamSupport.stream(service().at("/status/traffic").spliterator(), false)
        .filter(one -> one.path("percent").asInt() > 0)
        .collect(Collectors.toMap(one -> one.path("revisionName").asText(), one -> one.path("percent").asInt()));
  }

  /** Whether its ScaledObject is paused at 0 because no traffic is its. */
  boolean isPaused(String revision) {
    JsonNode annotations = read("scaledobject", revision).at("/metadata/annotations");
    return annotations.path("autoscaling.keda.sh/paused-replicas").asText().equals("0")
        && annotations.path("keda.ebb.dev/paused-by-routing").asText().equals("true");
  }

  /** Pods that it is to have. */
  int replicas(String revision) {
    return read("deployment", revision + "-deployment").at("/spec/replicas").asInt();
  }

  /**
   * What keeps its pods from coming up; empty while nothing is known to. The revision itself says so for an image only
   * after Serving's progress deadline.
   */
  String trouble(String revision) {
    return pods(revision).stream().flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
        .map(status -> status.getState().getWaiting()).filter(waiting -> waiting != null)
        .map(waiting -> waiting.getReason()).filter(TROUBLES::contains).findFirst().orElse("");
  }

  /** Its pods, those on their way out included. */
  List<Pod> pods(String revision) {
    return Cluster.kube().pods().inNamespace(namespace).withLabel(LABEL, revision).list().getItems();
  }

  /** Labels of its Deployment and its pods. */
  static Map<String, String> labels(String revision) {
    return Map.of(LABEL, revision);
  }

  /** Requests that its pods answered, of those that are not on their way out. */
  int answered(String revision) {
    return pods(revision).stream().filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(pod -> pod.getStatus().getConditions().stream()
            .anyMatch(one -> one.getType().equals("Ready") && one.getStatus().equals("True")))
        .mapToInt(pod -> (int) Metrics.of(new Api("http://" + pod.getStatus().getPodIP() + ":8080"))
            .sum("vllm:request_success_total")).sum();
  }

  private void traffic(String targets) {
    Cluster.kubectl("patch", "ksvc", "-n", namespace, service, "--type=merge", "-p",
        "{\"spec\":{\"traffic\":[" + targets + "]}}");
  }

  private boolean isTakenUp() {
    JsonNode seen = service();
    return seen.at("/status/observedGeneration").asLong() == seen.at("/metadata/generation").asLong()
        && read("configuration", service).at("/status/observedGeneration").asLong()
        == read("configuration", service).at("/metadata/generation").asLong();
  }

  private static boolean isReady(JsonNode object) {
    return StreamSupport.stream(object.at("/status/conditions").spliterator(), false)
        .anyMatch(one -> one.path("type").asText().equals("Ready") && one.path("status").asText().equals("True"));
  }

  private JsonNode service() {
    return read("ksvc", service);
  }

  private JsonNode read(String kind, String name) {
    try {
      return Api.JSON.readTree(Cluster.kubectl("get", kind, "-n", namespace, name, "-o", "json"));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}

package dev.ebb.knative.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What wakes a function and decides how many of it run. */
final class Triggers {
  static final int POLLING_SECONDS = 5;
  /** Also keeps a HPA from remembering a high number over a sleep. */
  static final int SCALE_DOWN_WINDOW_SECONDS = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Triggers() {}

  /** The list of the annotation {@code keda.ebb.dev/triggers}: JSON, a trigger a line. */
  static String annotation(FunctionPart function) {
    Fields push = Fields.of("type", "external-push").and("scalerAddress", scalerAddress(function))
        .and("metadata", asked(function));
    List<Fields> others = List.of(demand(function), waiting(function),
        held(function, "activator_request_concurrency", "namespace_name", "revision_name"),
        held(function, "kn_revision_request_queued", "k8s_namespace_name", "kn_revision_name"));
    return "[" + json(push) + others.stream()
        .map(one -> ",\n " + json(Fields.of("type", "prometheus").andAll(one))).collect(Collectors.joining()) + "]\n";
  }

  /** The triggers of a ScaledObject; no activator stands before a Deployment. */
  static List<Fields> scaledObject(FunctionPart function) {
    return List.of(
        Fields.of("type", "external-push")
            .and("metadata", Fields.of("scalerAddress", scalerAddress(function)).andAll(asked(function))),
        Fields.of("type", "prometheus").and("metadata", demand(function)),
        Fields.of("type", "prometheus").and("metadata", waiting(function)));
  }

  private static String scalerAddress(FunctionPart function) {
    return new RouterPart(function.yaml(), function.model()).host() + ":" + RouterPart.SCALER_PORT;
  }

  /** What the router's scaler is asked about, and how many requests one replica is to have. */
  private static Fields asked(FunctionPart function) {
    return Fields.of("model", function.model().id()).and("phase", function.part().key())
        .and("threshold", function.phase().threshold().toPlainString());
  }

  /** The router's series is there at 0 from its start, so that its loss is an error and holds what runs. */
  private static Fields demand(FunctionPart function) {
    return prometheus(function, "sum(ebb_demand{namespace=\"%s\",model=\"%s\",phase=\"%s\"})".formatted(
        function.yaml().namespace(), function.model().id(), function.part().key()), false);
  }

  /** The function's own series vanishes with its last pod, which means 0. */
  private static Fields waiting(FunctionPart function) {
    String query = "sum(vllm:num_requests_waiting{namespace=\"%s\",model_name=\"%s\",ebb_dev_phase=\"%s\"})";
    return prometheus(function, query.formatted(
        function.yaml().namespace(), function.model().id(), function.part().key()), true);
  }

  /**
   * Requests that go to the Knative URL directly and are held by the activator, whose series begins with the first of
   * them. Serving names it in two ways; the reconciler fills in the revision.
   */
  private static Fields held(FunctionPart function, String series, String namespaceLabel, String revisionLabel) {
    return prometheus(function, "sum(%s{%s=\"%s\",%s=\"{revision}\"})".formatted(
        series, namespaceLabel, function.yaml().namespace(), revisionLabel), true);
  }

  private static Fields prometheus(FunctionPart function, String query, boolean ignoreNullValues) {
    return Fields.of("serverAddress", function.yaml().prometheus().url())
        .and("query", query)
        .and("threshold", function.phase().threshold().toPlainString())
        .and("activationThreshold", "0")
        .and("ignoreNullValues", Boolean.toString(ignoreNullValues));
  }

  private static String json(Map<String, Object> fields) {
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}

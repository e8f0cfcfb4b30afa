package dev.ebb.knative.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ebb.keda.trigger.Names;
import dev.ebb.keda.trigger.PrometheusTrigger;
import dev.ebb.keda.trigger.PushTrigger;
import dev.ebb.keda.trigger.Rendered;
import dev.ebb.keda.trigger.Trigger;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What wakes a function and decides how many of it run. */
final class Triggers {
  static final int POLLING_SECONDS = 5;
  /** Also keeps a HPA from remembering a high number over a sleep. */
  static final int SCALE_DOWN_WINDOW_SECONDS = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Triggers() {}

  /** The list of the annotation {@code keda.ebb.dev/triggers}: JSON, a trigger a line; the reconciler fills it in. */
  static String annotation(FunctionPart function) {
    return Stream.concat(definitions(function).stream(), Stream.of(held(function)))
        .map(trigger -> json(written(trigger))).collect(Collectors.joining(",\n ", "[", "]\n"));
  }

  /** The triggers of a ScaledObject; no activator stands before a Deployment. */
  static List<Fields> scaledObject(FunctionPart function) {
    Names names = new Names(function.yaml().namespace(), function.name(), "");
    return definitions(function).stream().map(trigger -> trigger.render(names)).map(Triggers::metadata).toList();
  }

  private static List<Trigger> definitions(FunctionPart function) {
    return List.of(push(function), demand(function), waiting(function));
  }

  /** The router's scaler is asked about a phase, and told how many requests one replica is to have. */
  private static Trigger push(FunctionPart function) {
    String host = new RouterPart(function.yaml(), function.model()).host();
    return new PushTrigger(host + ":" + RouterPart.SCALER_PORT, Map.of("model", function.model().id(),
        "phase", function.part().key(), "threshold", function.phase().threshold().toPlainString()));
  }

  /** The router's series is there at 0 from its start, so that its loss is an error and holds what runs. */
  private static Trigger demand(FunctionPart function) {
    return prometheus(function, "sum(ebb_demand{namespace=\"%s\",model=\"%s\",phase=\"%s\"})".formatted(
        function.yaml().namespace(), function.model().id(), function.part().key()), false);
  }

  /** The function's own series vanishes with its last pod, which means 0. */
  private static Trigger waiting(FunctionPart function) {
    String query = "sum(vllm:num_requests_waiting{namespace=\"%s\",model_name=\"%s\",ebb_dev_phase=\"%s\"})";
    return prometheus(function, query.formatted(
        function.yaml().namespace(), function.model().id(), function.part().key()), true);
  }

  /**
   * Requests that go to the Knative URL directly and are held by the activator, whose series begins with the first of
   * them. Serving names it in two ways; the reconciler sees which.
   */
  private static Trigger held(FunctionPart function) {
    return prometheus(function, Names.ACTIVATOR, true);
  }

  private static Trigger prometheus(FunctionPart function, String query, boolean ignoreNullValues) {
    return new PrometheusTrigger(function.yaml().prometheus().url(), query, function.phase().threshold(),
        BigDecimal.ZERO, ignoreNullValues, Optional.empty(), TriggerAuthentications.name(function.yaml()),
        TriggerAuthentications.modes(function.yaml()));
  }

  private static Fields metadata(Rendered rendered) {
    return Fields.of("type", rendered.type()).and("metadata", rendered.metadata())
        .andAny("authenticationRef", rendered.authentication().map(name -> Fields.of("name", name)));
  }

  /** A trigger as the annotation has it: flat, its variables left in. */
  private static Fields written(Trigger trigger) {
    Fields type = Fields.of("type", trigger.type());
    return switch (trigger) {
      case PushTrigger push -> type.and("scalerAddress", push.scalerAddress()).and("metadata", push.metadata());
      case PrometheusTrigger prometheus -> type.and("serverAddress", prometheus.serverAddress())
          .and("query", prometheus.query())
          .and("threshold", prometheus.threshold().toPlainString())
          .and("activationThreshold", prometheus.activationThreshold().toPlainString())
          .and("ignoreNullValues", Boolean.toString(prometheus.ignoreNullValues()))
          .andAny("authentication", prometheus.authentication()).andAny("authModes", prometheus.authModes());
    };
  }

  private static String json(Map<String, Object> fields) {
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.ebb.keda.decide;

import io.fabric8.knative.pkg.apis.Condition;
import io.fabric8.knative.pkg.apis.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Conditions of a status in the making; a transition time stays while the status of its type does. */
final class Conditions {
  static final String ACTIVE = "Active";
  static final String SKS_READY = "SKSReady";
  static final String INITIALIZED = "ScaleTargetInitialized";
  static final String READY = "Ready";
  /** Ours, KEDA's verdict on the ScaledObject, for people: it has no part in Ready. */
  static final String SCALED_OBJECT_READY = "ScaledObjectReady";
  /** Ours, there only while Knative Serving is set in a way that harms what sleeps; no part in Ready. */
  static final String SERVING_SUITED = "ServingSuited";
  /** Ours, there only while the settings cannot stand. */
  static final String SETTINGS_VALID = "SettingsValid";

  private final List<Condition> previous;
  private final String now;
  private final List<Condition> conditions = new ArrayList<>();

  Conditions(List<Condition> previous, Instant now) {
    this.previous = previous == null ? List.of() : previous;
    this.now = now.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions == null ? Optional.empty()
        : conditions.stream().filter(condition -> type.equals(condition.getType())).findFirst();
  }

  static boolean isTrue(List<Condition> conditions, String type) {
    return find(conditions, type).filter(condition -> "True".equals(condition.getStatus())).isPresent();
  }

  void isTrue(String type) {
    put(type, "True", null, null, null);
  }

  void unknown(String type, String reason, String message) {
    put(type, "Unknown", reason, message, null);
  }

  void isFalse(String type, String reason, String message) {
    put(type, "False", reason, message, null);
  }

  /** A condition that is told but does not count. */
  void info(String type, String status, String reason, String message) {
    put(type, status, reason, message, "Info");
  }

  /** Sums up: the first False, else the first Unknown, else True. */
  List<Condition> withReady() {
    Optional<Condition> worst = firstOf("False").or(() -> firstOf("Unknown"));
    worst.ifPresentOrElse(
        condition -> put(READY, condition.getStatus(), condition.getReason(), condition.getMessage(), null),
        () -> isTrue(READY));
    return List.copyOf(conditions);
  }

  private Optional<Condition> firstOf(String status) {
    return conditions.stream().filter(condition -> condition.getSeverity() == null)
        .filter(condition -> status.equals(condition.getStatus())).findFirst();
  }

  private void put(String type, String status, String reason, String message, String severity) {
    String since = find(previous, type).filter(before -> status.equals(before.getStatus()))
        .map(Condition::getLastTransitionTime).orElse(now);
    conditions.add(new ConditionBuilder().withType(type).withStatus(status).withReason(reason).withMessage(message)
        .withSeverity(severity).withLastTransitionTime(since).build());
  }
}

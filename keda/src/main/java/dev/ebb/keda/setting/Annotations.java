package dev.ebb.keda.setting;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The annotations that this class of autoscaler reads. */
public final class Annotations {
  /** The key by which Knative tells whose a PodAutoscaler is. */
  public static final String CLASS = "autoscaling.knative.dev/class";
  /** Our class. */
  public static final String CLASS_NAME = "keda.ebb.dev";
  /** What all annotations of our own begin with; never with Knative's prefix, which newer Serving takes off again. */
  public static final String PREFIX = "keda.ebb.dev/";
  public static final String TRIGGERS = PREFIX + "triggers";
  public static final String POLLING_INTERVAL = PREFIX + "polling-interval";
  public static final String COOLDOWN = PREFIX + "cooldown";
  public static final String SCALE_DOWN_WINDOW = PREFIX + "scale-down-window";
  public static final String MIN_SCALE = "autoscaling.knative.dev/min-scale";
  public static final String MAX_SCALE = "autoscaling.knative.dev/max-scale";
  public static final String INITIAL_SCALE = "autoscaling.knative.dev/initial-scale";

  static final Set<String> OWN = new TreeSet<>(List.of(TRIGGERS, POLLING_INTERVAL, COOLDOWN, SCALE_DOWN_WINDOW));
  static final Set<String> KNATIVE = new TreeSet<>(List.of(MIN_SCALE, MAX_SCALE, INITIAL_SCALE));

  private Annotations() {}

  /** The older spelling of a key that Knative takes too: {@code min-scale} was {@code minScale}. */
  static String inCamelCase(String key) {
    return key.replace("-scale", "Scale");
  }
}

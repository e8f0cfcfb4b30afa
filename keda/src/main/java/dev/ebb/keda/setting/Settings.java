package dev.ebb.keda.setting;

import dev.ebb.keda.trigger.Trigger;
import java.time.Duration;
import java.util.List;

/**
 * How one revision is scaled, as its annotations say.
 *
 * @param min replicas kept without demand, at least 0
 * @param max replicas at most, at least 1 and at least {@code min}
 * @param initial pods a new revision starts with; 0 means that it need not have run once to count as started
 * @param pollingInterval between two looks at the triggers, whole seconds, at least 1 s
 * @param cooldown without demand before the last replica goes, whole seconds
 * @param scaleDownWindow over which the most recent wish for many replicas still counts when going down, whole seconds
 * @param triggers at least one, but for {@link #STANDARD}
 */
public record Settings(int min, int max, int initial, Duration pollingInterval, Duration cooldown,
    Duration scaleDownWindow, List<Trigger> triggers) {
  /** Replicas at most where nothing is said, or 0, which Knative reads as no limit: KEDA's own default. */
  public static final int MAX_DEFAULT = 100;
  /** Short, since a wake that the push stream misses waits this long. */
  public static final Duration POLLING_INTERVAL_DEFAULT = Duration.ofSeconds(5);
  /** KEDA's own default. */
  public static final Duration COOLDOWN_DEFAULT = Duration.ofSeconds(300);
  /** Kubernetes' own default. */
  public static final Duration SCALE_DOWN_WINDOW_DEFAULT = Duration.ofSeconds(300);

  /** Where nothing is said, or nothing that can stand, the triggers apart, for which there is no standard. */
  public static final Settings STANDARD = new Settings(0, MAX_DEFAULT, 1, POLLING_INTERVAL_DEFAULT, COOLDOWN_DEFAULT,
      SCALE_DOWN_WINDOW_DEFAULT, List.of());

  /** Copies the list. */
  public Settings {
    triggers = List.copyOf(triggers);
  }
}

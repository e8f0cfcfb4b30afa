package dev.ebb.keda.setting;

import dev.ebb.keda.trigger.Names;
import dev.ebb.keda.trigger.Nearest;
import dev.ebb.keda.trigger.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads annotations into {@link Settings}, and tells all that is wrong with them at once. */
public final class SettingsReader {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,8})([smh]?)");
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,8}");
  private static final int HOUR_S = 3600;
  private static final int DAY_S = 86_400;

  private final Map<String, String> annotations;
  private final List<Problem> problems = new ArrayList<>();

  private SettingsReader(Map<String, String> annotations) {
    this.annotations = new TreeMap<>(annotations);
  }

  /**
   * Reads the annotations of one PodAutoscaler.
   *
   * @param annotations all of them, foreign ones too
   * @param names what the triggers will be rendered for, so that a variable without a value is refused here
   */
  public static Reading read(Map<String, String> annotations, Names names) {
    return new SettingsReader(annotations).read(names);
  }

  private Reading read(Names names) {
    refuseUnknownKeys();
    int min = count(Annotations.MIN_SCALE, 0);
    int maxGiven = count(Annotations.MAX_SCALE, 0);
    int max = maxGiven == 0 ? Settings.MAX_DEFAULT : maxGiven;
    int initial = count(Annotations.INITIAL_SCALE, 1);
    refuseAbove(Annotations.MIN_SCALE, min, max);
    refuseAbove(Annotations.INITIAL_SCALE, initial, max);
    Duration polling = duration(Annotations.POLLING_INTERVAL, Settings.POLLING_INTERVAL_DEFAULT, 1, HOUR_S);
    Duration cooldown = duration(Annotations.COOLDOWN, Settings.COOLDOWN_DEFAULT, 0, DAY_S);
    Duration window = duration(Annotations.SCALE_DOWN_WINDOW, Settings.SCALE_DOWN_WINDOW_DEFAULT, 0, HOUR_S);
    List<Trigger> triggers = TriggerReader.read(annotations.get(Annotations.TRIGGERS), names, problems);
    return problems.isEmpty()
        ? new Reading.Valid(new Settings(min, max, initial, polling, cooldown, window, triggers))
        : new Reading.Refused(List.copyOf(problems));
  }

  private void refuseUnknownKeys() {
    TreeSet<String> known = new TreeSet<>(Annotations.OWN);
    known.addAll(Annotations.KNATIVE);
    annotations.forEach((key, value) -> {
      if (key.startsWith(Annotations.PREFIX) && !Annotations.OWN.contains(key)) {
        problems.add(Problem.of(key, value, "is not an annotation of this autoscaler; did you mean "
            + Nearest.of(key, twinOrOwn(key, known)) + "?"));
      }
    });
  }

  /** A word that Knative has an annotation for is meant as that one, whatever is nearer in letters. */
  private static TreeSet<String> twinOrOwn(String key, TreeSet<String> known) {
    String word = key.substring(Annotations.PREFIX.length());
    TreeSet<String> twins = new TreeSet<>(known);
    twins.removeIf(candidate -> !candidate.endsWith("/" + word));
    return twins.isEmpty() ? new TreeSet<>(Annotations.OWN) : twins;
  }

  private int count(String key, int otherwise) {
    String spelled = annotations.containsKey(key) ? key : Annotations.inCamelCase(key);
    String value = annotations.get(spelled);
    if (value == null) {
      return otherwise;
    }
    if (!COUNT.matcher(value).matches()) {
      problems.add(Problem.of(spelled, value, "is not a count of pods; give a whole number, 0 or more"));
      return otherwise;
    }
    return Integer.parseInt(value);
  }

  private void refuseAbove(String key, int value, int max) {
    if (value > max) {
      String limit = annotations.containsKey(Annotations.MAX_SCALE)
          || annotations.containsKey(Annotations.inCamelCase(Annotations.MAX_SCALE)) ? "" : ", the default,";
      problems.add(Problem.of(key, Integer.toString(value), "is above " + Annotations.MAX_SCALE + " " + max + limit
          + "; lower it or raise " + Annotations.MAX_SCALE));
    }
  }

  private Duration duration(String key, Duration otherwise, int minS, int maxS) {
    String value = annotations.get(key);
    if (value == null) {
      return otherwise;
    }
    Matcher matcher = DURATION.matcher(value);
    if (!matcher.matches()) {
      problems.add(Problem.of(key, value, "is not a time in whole seconds; give for example 15s, 5m, 1h or 15"));
      return otherwise;
    }
    long seconds = Long.parseLong(matcher.group(1)) * secondsOf(matcher.group(2));
    if (seconds < minS || seconds > maxS) {
      problems.add(Problem.of(key, value, "is out of range; give " + minS + "s to " + maxS + "s"));
      return otherwise;
    }
    return Duration.ofSeconds(seconds);
  }

  private static long secondsOf(String unit) {
    return switch (unit) {
      case "m" -> 60;
      case "h" -> HOUR_S;
      default -> 1;
    };
  }
}

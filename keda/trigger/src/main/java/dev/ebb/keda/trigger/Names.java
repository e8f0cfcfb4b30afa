package dev.ebb.keda.trigger;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a trigger is rendered for: fills {@code {revision}}, {@code {service}}, {@code {namespace}} and
 * {@code {activator}}, the whole query of what the activator holds. A word alone in braces means nothing in PromQL, so
 * the variables cannot be mistaken for a selector or a repetition.
 */
public record Names(String namespace, String service, String revision, ActivatorSeries activator) {
  /** The variable of a query that asks what the activator holds. */
  public static final String ACTIVATOR = "{activator}";
  private static final Pattern VARIABLE = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");

  /** None of them may be null; an empty one is refused only where it is asked for. */
  public Names {
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(revision, "revision");
    Objects.requireNonNull(activator, "activator");
  }

  /** Where it is not known, or does not matter, how the activator names its series. */
  public Names(String namespace, String service, String revision) {
    this(namespace, service, revision, ActivatorSeries.EITHER);
  }

  /**
   * The text with its variables filled in.
   *
   * @throws IllegalArgumentException for a variable that is not known or has no value here
   */
  public String fill(String template) {
    Matcher matcher = VARIABLE.matcher(template);
    return matcher.replaceAll(found -> Matcher.quoteReplacement(value(found.group(1))));
  }

  /**
   * Refuses a text that holds an unknown variable, before anything is known of the revision.
   *
   * @throws IllegalArgumentException naming the variable and the nearest known one
   */
  static String checked(String template) {
    new Names("n", "s", "r").fill(template);
    return template;
  }

  private String value(String variable) {
    Map<String, String> values = Map.of("namespace", namespace, "service", service, "revision", revision,
        "activator", activator.query());
    String value = values.get(variable);
    if (value == null) {
      throw new IllegalArgumentException("unknown variable {" + variable + "}; did you mean {"
          + Nearest.of(variable, values.keySet()) + "}?");
    }
    if (value.isEmpty()) {
      throw new IllegalArgumentException("{" + variable + "} has no value here; leave it out of the text");
    }
    return variable.equals("activator") ? fill(value) : value;
  }
}

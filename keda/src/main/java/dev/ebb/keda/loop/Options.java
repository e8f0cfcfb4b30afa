package dev.ebb.keda.loop;

import dev.ebb.keda.trigger.Nearest;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * How the reconciler runs.
 *
 * @param namespace whose PodAutoscalers it owns, empty for all
 * @param servingNamespace that Knative Serving is in
 * @param leaseNamespace where the lease lies
 * @param leaseName of the lease; reconcilers of different namespaces need different ones
 * @param identity of this replica, different for each
 * @param workers threads, at least 1
 * @param healthPort of the probes' HTTP server, 0 for none
 * @param leaseDuration after which a silent leader is replaced
 * @param renewDeadline in which a leader must renew or step down, less than {@code leaseDuration}
 * @param retryPeriod between two tries
 */
public record Options(String namespace, String servingNamespace, String leaseNamespace, String leaseName,
    String identity, int workers, int healthPort, Duration leaseDuration, Duration renewDeadline,
    Duration retryPeriod) {
  private static final Map<String, String> DEFAULTS = new TreeMap<>(Map.of("namespace", "", "serving-namespace",
      "knative-serving", "lease-namespace", "", "lease-name", "keda-ebb-dev", "identity", "", "workers", "2",
      "health-port", "8081"));
  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");
  private static final int WORKERS_MAX = 64;
  private static final int PORT_MAX = 65_535;

  /**
   * Reads flags, {@code --name=value}, then the environment, {@code EBB_KEDA_NAME}; the lease lies in
   * {@code POD_NAMESPACE} and the identity is {@code POD_NAME} where nothing else is said.
   *
   * @throws IllegalArgumentException naming the flag that cannot stand and the mend
   */
  public static Options of(String[] arguments, Map<String, String> environment) {
    Map<String, String> given = flags(arguments);
    Map<String, String> all = new TreeMap<>(DEFAULTS);
    DEFAULTS.keySet().forEach(name -> {
      String variable = environment.get("EBB_KEDA_" + name.toUpperCase(Locale.ROOT).replace('-', '_'));
      if (given.containsKey(name) || variable != null) {
        all.put(name, given.getOrDefault(name, variable));
      }
    });
    String own = environment.getOrDefault("POD_NAMESPACE", "default");
    String pod = environment.getOrDefault("POD_NAME", "ebb-keda-" + UUID.randomUUID());
    return new Options(name(all, "namespace", ""), name(all, "serving-namespace", ""),
        name(all, "lease-namespace", own), name(all, "lease-name", ""),
        name(all, "identity", pod), number(all, "workers", 1, WORKERS_MAX), number(all, "health-port", 0, PORT_MAX),
        Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
  }

  private static Map<String, String> flags(String[] arguments) {
    Map<String, String> given = new TreeMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (!argument.startsWith("--") || equals < 0) {
        throw new IllegalArgumentException("'" + argument + "' is not --name=value; known names: " + DEFAULTS.keySet());
      }
      String name = argument.substring(2, equals);
      if (!DEFAULTS.containsKey(name)) {
        throw new IllegalArgumentException(
            "--" + name + " is not known; did you mean --" + Nearest.of(name, DEFAULTS.keySet()) + "?");
      }
      given.put(name, argument.substring(equals + 1));
    }
    return given;
  }

  private static String name(Map<String, String> all, String flag, String otherwise) {
    String value = all.get(flag).isEmpty() ? otherwise : all.get(flag);
    boolean mayBeEmpty = flag.equals("namespace");
    if (!(mayBeEmpty && value.isEmpty()) && !DNS_LABEL.matcher(value).matches()) {
      throw new IllegalArgumentException("--" + flag + " '" + value + "' is not a name of Kubernetes; give lower-case "
          + "letters, digits and dashes");
    }
    return value;
  }

  private static int number(Map<String, String> all, String flag, int min, int max) {
    String value = all.get(flag);
    if (value.matches("[0-9]{1,8}")) {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw new IllegalArgumentException("--" + flag + " '" + value + "' is not a number from " + min + " to " + max);
  }
}

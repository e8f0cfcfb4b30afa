package dev.ebb.keda.trigger;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Demand as the value of a PromQL query.
 *
 * @param serverAddress URL of the Prometheus server, http or https
 * @param query PromQL that yields at most one element; may hold variables
 * @param threshold demand that one replica carries, above 0
 * @param activationThreshold demand strictly above which there must be a replica at all, at least 0
 * @param ignoreNullValues whether a series that is missing reads 0; false makes it an error, which holds the replicas:
 *     right for series that always exist, wrong for those that vanish with the last pod
 * @param name of the trigger, for formulas and messages
 * @param authentication name of a TriggerAuthentication in the namespace
 * @param authModes KEDA's list of ways to authenticate, for example {@code bearer}; needs {@code authentication}
 */
public record PrometheusTrigger(String serverAddress, String query, BigDecimal threshold,
    BigDecimal activationThreshold, boolean ignoreNullValues, Optional<String> name, Optional<String> authentication,
    Optional<String> authModes) implements Trigger {

  /**
   * Checks, and drops zeros at the ends of numbers so that equal values are equal records.
   *
   * @throws IllegalArgumentException naming the field that cannot stand and what to give instead
   */
  public PrometheusTrigger {
    requireUrl(serverAddress);
    if (query == null || query.isBlank()) {
      throw new IllegalArgumentException("query is empty; give a PromQL expression that yields one number");
    }
    Names.checked(query);
    threshold = plain(Objects.requireNonNull(threshold, "threshold"));
    if (threshold.signum() <= 0) {
      throw new IllegalArgumentException(
          "threshold " + threshold.toPlainString() + " is not above 0; give the demand that one replica carries");
    }
    activationThreshold = plain(Objects.requireNonNull(activationThreshold, "activationThreshold"));
    if (activationThreshold.signum() < 0) {
      throw new IllegalArgumentException("activationThreshold " + activationThreshold.toPlainString()
          + " is below 0, so nothing would ever scale to zero; give 0 or more");
    }
    if (authModes.isPresent() && authentication.isEmpty()) {
      throw new IllegalArgumentException("authModes needs authentication, the name of a TriggerAuthentication");
    }
  }

  /** A trigger for a series that always exists: its loss is an error, not zero. */
  public PrometheusTrigger(String serverAddress, String query, String threshold) {
    this(serverAddress, query, new BigDecimal(threshold), BigDecimal.ZERO, false, Optional.empty(), Optional.empty(),
        Optional.empty());
  }

  @Override
  public String type() {
    return "prometheus";
  }

  @Override
  public Rendered render(Names names) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("serverAddress", serverAddress);
    metadata.put("query", names.fill(query));
    metadata.put("threshold", threshold.toPlainString());
    metadata.put("activationThreshold", activationThreshold.toPlainString());
    metadata.put("ignoreNullValues", Boolean.toString(ignoreNullValues));
    authModes.ifPresent(modes -> metadata.put("authModes", modes));
    return new Rendered(type(), name, metadata, authentication);
  }

  /** The rule by which the same demand is judged without KEDA. */
  public DemandRule rule(Duration cooldown, int min, int max) {
    return new DemandRule(activationThreshold.doubleValue(), threshold.doubleValue(), cooldown, min, max);
  }

  private static BigDecimal plain(BigDecimal number) {
    return number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
  }

  private static void requireUrl(String address) {
    try {
      URI uri = URI.create(address == null ? "" : address);
      if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return;
      }
    } catch (IllegalArgumentException e) {
      // Refused below, in words that name the field.
    }
    throw new IllegalArgumentException(
        "serverAddress '" + address + "' is not an http or https URL; give for example http://prometheus.obs:9090");
  }
}

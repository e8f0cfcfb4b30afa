package dev.ebb.keda.trigger;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
 * @param authModes KEDA's ways to authenticate, separated by commas: {@code basic}, {@code bearer} (not both),
 *     {@code custom}, {@code tls}; needs {@code authentication}
 */
public record PrometheusTrigger(String serverAddress, String query, BigDecimal threshold,
    BigDecimal activationThreshold, boolean ignoreNullValues, Optional<String> name, Optional<String> authentication,
    Optional<String> authModes) implements Trigger {
  private static final Pattern OBJECT_NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");
  /** More than a double, as which KEDA reads it, can tell apart. */
  private static final int DIGITS_MAX = 40;
  /** Of KEDA's modes those that its Prometheus scaler heeds; with another it would ask without credentials. */
  private static final Set<String> MODES = Set.of("basic", "bearer", "custom", "tls");

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
    threshold = plain("threshold", threshold);
    if (threshold.signum() <= 0) {
      throw new IllegalArgumentException(
          "threshold " + threshold.toPlainString() + " is not above 0; give the demand that one replica carries");
    }
    activationThreshold = plain("activationThreshold", activationThreshold);
    if (activationThreshold.signum() < 0) {
      throw new IllegalArgumentException("activationThreshold " + activationThreshold.toPlainString()
          + " is below 0, so nothing would ever scale to zero; give 0 or more");
    }
    authentication.ifPresent(PrometheusTrigger::requireName);
    authModes.ifPresent(PrometheusTrigger::requireModes);
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

  private static void requireName(String authentication) {
    if (!OBJECT_NAME.matcher(authentication).matches()) {
      throw new IllegalArgumentException("authentication '" + authentication
          + "' is no name of an object in Kubernetes; give that of a TriggerAuthentication in the namespace");
    }
  }

  private static void requireModes(String authModes) {
    List<String> modes = Stream.of(authModes.split(",", -1)).map(String::strip).toList();
    modes.stream().filter(mode -> !MODES.contains(mode)).findFirst().ifPresent(mode -> {
      throw new IllegalArgumentException("authModes '" + authModes + "' has '" + mode
          + "', which KEDA does not use for Prometheus; did you mean " + Nearest.of(mode, MODES)
          + "? Known are basic, bearer, custom, tls");
    });
    if (modes.contains("basic") && modes.contains("bearer")) {
      throw new IllegalArgumentException(
          "authModes '" + authModes + "' has basic and bearer, which exclude each other; keep one of them");
    }
  }

  /** A few characters such as 1e999999999 would be written out, for KEDA and in messages, as a gigabyte of digits. */
  private static BigDecimal plain(String field, BigDecimal number) {
    BigDecimal plain = Objects.requireNonNull(number, field).signum() == 0 ? BigDecimal.ZERO
        : number.stripTrailingZeros();
    if (plain.precision() > DIGITS_MAX || Math.abs((long) plain.scale()) > DIGITS_MAX) {
      throw new IllegalArgumentException(
          field + " has more than " + DIGITS_MAX + " digits when it is written out; give one with fewer");
    }
    return plain;
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

package dev.ebb.keda.decide;

import dev.ebb.keda.trigger.ActivatorSeries;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which Knative Serving there is and how it is set, as its ConfigMaps tell.
 *
 * @param version that its manifests are labelled with, empty where they are not
 * @param activator how its activator names its series
 * @param concerns what about it does not suit this class of autoscaler
 */
public record Serving(String version, ActivatorSeries activator, List<Concern> concerns) {
  /** Its ConfigMaps that matter here. */
  public static final String OBSERVABILITY = "config-observability";
  public static final String NETWORK = "config-network";
  public static final String DEPLOYMENT = "config-deployment";
  /** All of them. */
  public static final List<String> CONFIG_MAPS = List.of(OBSERVABILITY, NETWORK, DEPLOYMENT);

  private static final Pattern SINCE_OPEN_TELEMETRY = Pattern.compile("(?m)^\\s*metrics-protocol:");
  private static final Pattern BEFORE_OPEN_TELEMETRY = Pattern.compile("(?m)^\\s*metrics\\.backend-destination:");

  /**
   * Something that does not suit.
   *
   * @param configMap to mend
   * @param activatorOnly whether it matters only to triggers that ask what the activator holds
   * @param notice for people; a warning where something breaks by it
   */
  public record Concern(String configMap, boolean activatorOnly, Notice notice) {}

  /** Copies the list. */
  public Serving {
    concerns = List.copyOf(concerns);
  }

  /**
   * Reads the ConfigMaps.
   *
   * @param found those that are there, by name
   * @param unread why others could not be read, by name
   */
  public static Serving of(Map<String, ConfigMap> found, Map<String, String> unread) {
    List<Concern> concerns = new ArrayList<>();
    for (String name : CONFIG_MAPS) {
      if (!found.containsKey(name)) {
        String why = unread.getOrDefault(name, "there is none; is Serving in another namespace?");
        concerns.add(new Concern(name, name.equals(OBSERVABILITY), new Notice(true, "ServingUnknown",
            "ConfigMap " + name + " of Knative Serving was not read: " + why)));
      }
    }
    Optional<ConfigMap> observability = Optional.ofNullable(found.get(OBSERVABILITY));
    ActivatorSeries series = observability.map(Serving::series).orElse(ActivatorSeries.EITHER);
    observability.flatMap(map -> metrics(map, series)).ifPresent(concerns::add);
    Optional.ofNullable(found.get(NETWORK)).flatMap(Serving::mesh).ifPresent(concerns::add);
    Optional.ofNullable(found.get(DEPLOYMENT)).flatMap(map -> schedulable(map, series)).ifPresent(concerns::add);
    return new Serving(version(found), series, concerns);
  }

  /** Whether a concern of this reason is among them. */
  boolean has(String reason) {
    return concerns.stream().anyMatch(concern -> concern.notice().reason().equals(reason));
  }

  private static String version(Map<String, ConfigMap> found) {
    return CONFIG_MAPS.stream().filter(found::containsKey).map(name -> found.get(name).getMetadata().getLabels())
        .filter(labels -> labels != null && labels.containsKey("app.kubernetes.io/version"))
        .map(labels -> labels.get("app.kubernetes.io/version")).findFirst().orElse("");
  }

  /**
   * Each version ships the keys it knows as an example, which tells more than those set: they may be left from an
   * older one.
   */
  private static ActivatorSeries series(ConfigMap observability) {
    Map<String, String> data = data(observability);
    String example = data.getOrDefault("_example", "");
    if (SINCE_OPEN_TELEMETRY.matcher(example).find()) {
      return ActivatorSeries.QUEUED;
    }
    if (BEFORE_OPEN_TELEMETRY.matcher(example).find()) {
      return ActivatorSeries.CONCURRENCY;
    }
    boolean since = data.containsKey("metrics-protocol");
    boolean before = data.containsKey("metrics.backend-destination");
    return since == before ? ActivatorSeries.EITHER : since ? ActivatorSeries.QUEUED : ActivatorSeries.CONCURRENCY;
  }

  /** The older one exports to Prometheus where nothing is said, the newer one nowhere. */
  private static Optional<Concern> metrics(ConfigMap map, ActivatorSeries series) {
    boolean older = series == ActivatorSeries.CONCURRENCY;
    String key = older ? "metrics.backend-destination" : "metrics-protocol";
    String value = data(map).getOrDefault(key, older ? "prometheus" : "none");
    return value.equals("prometheus") || series == ActivatorSeries.EITHER ? Optional.empty()
        : Optional.of(new Concern(OBSERVABILITY, true, new Notice(true, "ActivatorMetricsOff", OBSERVABILITY + " has "
            + key + " " + value + ", so Prometheus does not see what the activator holds and a request to the URL of a "
            + "revision at zero does not wake it; set it to prometheus")));
  }

  private static Optional<Concern> mesh(ConfigMap map) {
    String mode = data(map).getOrDefault("mesh-compatibility-mode", "auto");
    return mode.toLowerCase(Locale.ROOT).equals("disabled") ? Optional.empty()
        : Optional.of(new Concern(NETWORK, false, new Notice(true, "MeshCompatibility", NETWORK + " has "
            + "mesh-compatibility-mode " + mode + ", with which a wake soon after a stop may hang until the stopped "
            + "pod is gone; set it to disabled and restart the activator, unless a service mesh needs it")));
  }

  /** Older ones do not have the setting. */
  private static Optional<Concern> schedulable(ConfigMap map, ActivatorSeries series) {
    boolean always = "true".equalsIgnoreCase(data(map).get("pod-is-always-schedulable"));
    return always || series != ActivatorSeries.QUEUED ? Optional.empty()
        : Optional.of(new Concern(DEPLOYMENT, false, new Notice(false, "PodsMayBeUnschedulable", DEPLOYMENT
            + " has pod-is-always-schedulable false, so a revision is not Ready while its pod waits for quota; set it "
            + "to true where Kueue admits pods")));
  }

  private static Map<String, String> data(ConfigMap map) {
    return map.getData() == null ? Map.of() : map.getData();
  }
}

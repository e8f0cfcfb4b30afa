package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.config.PhaseSpec;
import dev.ebb.knative.config.Quantity;
import dev.ebb.knative.config.QuotaSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the objects need of the cluster, and what they do not bring about. */
final class Notes {
  /** What Knative admits unless it is configured otherwise. */
  private static final int KNATIVE_TIMEOUT_SECONDS = 600;

  private Notes() {}

  static List<String> needs(EbbYaml yaml) {
    List<KnativeSetting> settings = settings(yaml);
    List<String> needs = new ArrayList<>();
    settings.stream().filter(setting -> !setting.configMap().equals(KnativeSetting.FEATURES))
        .map(KnativeSetting::sentence).forEach(needs::add);
    List<String> features = settings.stream().filter(setting -> setting.configMap().equals(KnativeSetting.FEATURES))
        .map(KnativeSetting::key).toList();
    if (!features.isEmpty()) {
      needs.add("needs config-features, each enabled: " + String.join(", ", features));
    }
    return needs;
  }

  /** What Knative Serving must be told, for the functions that are Knative services. */
  static List<KnativeSetting> settings(EbbYaml yaml) {
    List<KnativeSetting> settings = new ArrayList<>();
    if (FunctionPart.all(yaml, PhaseSpec.Mode.KNATIVE).isEmpty()) {
      return settings;
    }
    settings.add(new KnativeSetting("config-network", "mesh-compatibility-mode", "disabled", false,
        "a wake soon after a stop hangs", true));
    settings.add(new KnativeSetting("config-observability", "metrics-protocol", "prometheus", false,
        "a call of a function's own URL does not wake it", false));
    if (yaml.quotas().isPresent()) {
      settings.add(new KnativeSetting("config-deployment", "pod-is-always-schedulable", "true", false,
          "a service in the queue is not Ready", true));
    }
    int longest = FunctionPart.all(yaml, PhaseSpec.Mode.KNATIVE).stream()
        .mapToInt(function -> function.phase().timeoutSeconds()).max().orElse(0);
    if (longest > KNATIVE_TIMEOUT_SECONDS) {
      settings.add(new KnativeSetting("config-defaults", "max-revision-timeout-seconds", Integer.toString(longest),
          true, "the functions are refused", true));
    }
    features(yaml).forEach(feature -> settings.add(new KnativeSetting(KnativeSetting.FEATURES,
        "kubernetes.podspec-" + feature, "enabled", false, "the functions are refused", true)));
    return settings;
  }

  static List<String> warnings(EbbYaml yaml) {
    List<String> warnings = new ArrayList<>();
    yaml.models().stream().filter(model -> model.backend().equals("cuda")).forEach(model -> warnings.add(
        "warning: model " + model.id() + " asks for the backend cuda, which no GPU has run yet; images have it where"
            + " they were made by make cuda-toolchain images"));
    FunctionPart.all(yaml, PhaseSpec.Mode.KNATIVE).forEach(function -> phase(warnings, function));
    FunctionPart.all(yaml, PhaseSpec.Mode.DEPLOYMENT).forEach(function -> phase(warnings, function));
    if (!yaml.tenants().isEmpty()) {
      warnings.add("warning: routers do not ask for the tenants' keys yet; whoever reaches one may call it");
    }
    yaml.router().host().ifPresent(host -> warnings.add("warning: router.host publishes " + host
        + " to whoever reaches the Ingress: routers ask for no key; close it by the Ingress controller's own means"));
    if (yaml.prometheus().auth().isPresent() && yaml.prometheus().url().startsWith("http:")) {
      warnings.add("warning: prometheus.url is http, so the credentials of prometheus.auth go over the network in clear"
          + " text");
    }
    if (yaml.router().replicas() > 1) {
      warnings.add("warning: KEDA's push stream reaches one replica of a router; demand at others wakes by Prometheus");
    }
    return warnings;
  }

  private static void phase(List<String> warnings, FunctionPart function) {
    PhaseSpec phase = function.phase();
    String name = "warning: " + function.part().key() + " of model " + function.model().id();
    BigDecimal cpu = phase.resources().cpu().value();
    phase.engine().threads().ifPresent(threads -> {
      if (threads > 1 && BigDecimal.valueOf(threads).compareTo(cpu.multiply(BigDecimal.TWO)) > 0) {
        warnings.add(name + " has threads: " + threads + " on cpu: " + phase.resources().cpu()
            + ", and they will wait for each other; write as many threads as cores");
      }
    });
    function.model().queue().flatMap(queue -> function.yaml().quotas().flatMap(quotas -> quotas.queues().stream()
        .filter(one -> one.name().equals(queue)).findFirst())).ifPresent(queue -> {
          int room = room(queue, phase);
          if (room < phase.max()) {
            warnings.add(name + " has replicas.max " + phase.max() + ", and the quota of queue " + queue.name()
                + " has room for " + room + " if nothing else is in it; raise nominal, or lower max");
          }
        });
  }

  /** Pods that fit the flavors of a queue, each pod one flavor whole. */
  private static int room(QuotaSpec.Queue queue, PhaseSpec phase) {
    return queue.flavors().stream().mapToInt(share -> phase.pod().entrySet().stream()
        .filter(need -> need.getValue().signum() > 0)
        .map(need -> Optional.ofNullable(share.nominal().get(need.getKey())).map(Quantity::value)
            .orElse(BigDecimal.ZERO).divide(need.getValue(), 0, RoundingMode.DOWN))
        .min(BigDecimal::compareTo).orElse(BigDecimal.ZERO).intValue()).sum();
  }

  /** Flags of Knative's config-features that are off by default, without their common beginning. */
  private static Set<String> features(EbbYaml yaml) {
    Set<String> features = new TreeSet<>();
    if (yaml.arena() instanceof EbbYaml.HostFolder) {
      features.add("persistent-volume-claim");
      features.add("persistent-volume-write");
    }
    for (FunctionPart function : FunctionPart.all(yaml, PhaseSpec.Mode.KNATIVE)) {
      ModelSpec model = function.model();
      features.add(switch (model.source()) {
        case ModelSpec.HostFolder host -> "volumes-hostpath";
        case ModelSpec.ImageVolume image -> "volumes-image";
        case ModelSpec.Claim claim -> "persistent-volume-claim";
        case ModelSpec.Hub hub -> "persistent-volume-claim";
      });
      if (!model.nodeSelector().isEmpty()) {
        features.add("nodeselector");
      }
      if (!model.tolerations().isEmpty()) {
        features.add("tolerations");
      }
      if (model.runtimeClass().isPresent()) {
        features.add("runtimeclassname");
      }
    }
    return features;
  }
}

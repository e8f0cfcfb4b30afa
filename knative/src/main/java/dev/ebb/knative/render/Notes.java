package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.config.PhaseSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the objects need of the cluster. */
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

package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.config.PhaseSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the objects need of the cluster, and what they do not bring about. */
final class Notes {
  /** What Knative admits unless it is configured otherwise. */
  private static final int KNATIVE_TIMEOUT_SECONDS = 600;

  private Notes() {}

  static List<String> needs(EbbYaml yaml) {
    List<String> needs = new ArrayList<>();
    if (FunctionPart.all(yaml, PhaseSpec.Mode.KNATIVE).isEmpty()) {
      return needs;
    }
    needs.add("needs config-network mesh-compatibility-mode: disabled, or a wake soon after a stop hangs");
    if (yaml.quotas().isPresent()) {
      needs.add("needs config-deployment pod-is-always-schedulable: \"true\", or a service in the queue is not Ready");
    }
    int longest = FunctionPart.all(yaml, PhaseSpec.Mode.KNATIVE).stream()
        .mapToInt(function -> function.phase().timeoutSeconds()).max().orElse(0);
    if (longest > KNATIVE_TIMEOUT_SECONDS) {
      needs.add("needs config-defaults max-revision-timeout-seconds: \"" + longest + "\", or more");
    }
    Set<String> features = features(yaml);
    if (!features.isEmpty()) {
      needs.add("needs config-features, each enabled: kubernetes.podspec-"
          + String.join(", kubernetes.podspec-", features));
    }
    return needs;
  }

  static List<String> warnings(EbbYaml yaml) {
    List<String> warnings = new ArrayList<>();
    yaml.models().stream().filter(model -> model.backend().equals("cuda")).forEach(model -> warnings.add(
        "warning: model " + model.id() + " asks for the backend cuda, which Ebb's own images do not have yet"));
    if (!yaml.tenants().isEmpty()) {
      warnings.add("warning: routers do not ask for the tenants' keys yet; whoever reaches one may call it");
    }
    if (yaml.router().replicas() > 1) {
      warnings.add("warning: KEDA's push stream reaches one replica of a router; demand at others wakes by Prometheus");
    }
    return warnings;
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
    }
    return features;
  }
}

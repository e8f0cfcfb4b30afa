package dev.ebb.knative.preflight;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.render.KnativeSetting;
import dev.ebb.knative.render.ObjectKind;
import dev.ebb.knative.render.Rendering;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Knative, KEDA, Kueue and the reconciler: served, running, told what they must be. */
final class PlatformChecks {
  static final String EVENTING = "knative-eventing";
  static final String KUEUE = "kueue-system";
  static final String RECONCILER = "ebb-system";
  private static final String OLDER_METRICS = "metrics.backend-destination";
  private static final Set<String> READ_AT_START = Set.of("config-network", "config-observability");
  private static final Map<String, String> INSTALL = Map.of("serving.knative.dev", "Knative Serving",
      "eventing.knative.dev", "Knative Eventing", "sinks.knative.dev", "Knative Eventing", "keda.sh", "KEDA",
      "kueue.x-k8s.io", "Kueue", "monitoring.coreos.com", "the Prometheus operator");
  private static final Map<String, String> WHERE = Map.of(
      "Knative Serving", "https://github.com/knative/serving/releases/latest/download/serving-crds.yaml",
      "Knative Eventing", "https://github.com/knative/eventing/releases/latest/download/eventing-crds.yaml",
      "KEDA", "https://github.com/kedacore/keda/releases/download/v2.20.2/keda-2.20.2.yaml",
      "Kueue", "https://github.com/kubernetes-sigs/kueue/releases/download/v0.19.2/manifests.yaml",
      "the Prometheus operator",
      "https://github.com/prometheus-operator/prometheus-operator/releases/latest/download/bundle.yaml");

  private final ClusterFacts facts;
  private final String serving;

  PlatformChecks(ClusterFacts facts, String serving) {
    this.facts = facts;
    this.serving = serving;
  }

  /** That every kind is served, told by the platform that brings it. */
  List<Finding> served() {
    Map<String, TreeSet<String>> missing = new TreeMap<>();
    for (ObjectKind kind : facts.unserved()) {
      missing.computeIfAbsent(INSTALL.getOrDefault(kind.group(), kind.apiVersion()), key -> new TreeSet<>())
          .add(kind.apiVersion() + " " + kind.kind());
    }
    return missing.entrySet().stream().map(entry -> Finding.error(entry.getKey(),
        "the API server does not serve " + String.join(", ", entry.getValue()),
        WHERE.containsKey(entry.getKey()) ? "kubectl apply --server-side -f " + WHERE.get(entry.getKey())
            + " (and the rest of that release)" : "use a cluster that serves it")).toList();
  }

  /**
   * That the Deployments of a platform run.
   *
   * @param mend for a platform that is elsewhere
   */
  Finding running(String subject, String namespace, String mend) {
    List<ClusterFacts.Part> parts = facts.parts().getOrDefault(namespace, List.of());
    if (parts.isEmpty()) {
      return Finding.error(subject, "no Deployment of it in namespace " + namespace,
          "kubectl get deployments -A shows where it is; " + mend);
    }
    List<String> down =
        parts.stream().filter(part -> !part.available()).map(ClusterFacts.Part::name).sorted().toList();
    if (!down.isEmpty()) {
      return Finding.error(subject, "not available: " + String.join(", ", down),
          "kubectl -n " + namespace + " describe deployment " + String.join(" ", down));
    }
    String versions = parts.stream().map(ClusterFacts.Part::version).filter(version -> !version.isEmpty()).distinct()
        .sorted().collect(Collectors.joining(", "));
    return Finding.ok(subject, versions + ", " + parts.size() + (parts.size() == 1 ? " Deployment" : " Deployments")
        + " available in " + namespace);
  }

  /** The mend for a platform whose namespace the file may name. */
  static String named(String key) {
    return "write that namespace as namespaces." + key + " in the ebb.yaml, which doctor reads by -f";
  }

  /** The mend for one whose namespace no file can name. */
  static String installed(String subject, String namespace) {
    return "install " + subject + " in namespace " + namespace + ", the only one where Ebb looks for it";
  }

  /** The reconciler, which a deploy brings where it is missing. */
  Finding reconciler() {
    List<ClusterFacts.Part> parts = facts.parts().getOrDefault(RECONCILER, List.of());
    if (parts.isEmpty()) {
      return Finding.warning("reconciler", "no Deployment ebb-autoscaler in namespace " + RECONCILER
          + ", so no function of class keda.ebb.dev becomes ready", "ebb deploy brings it, or kubectl apply -f"
          + " keda/deploy/autoscaler.yaml with the image's name put in");
    }
    Finding found = running("reconciler", RECONCILER, "");
    if (found.grade() == Finding.Grade.ERROR) {
      return Finding.warning(found.subject(), found.text(), found.mend());
    }
    return facts.leaseHolder().isEmpty() ? Finding.warning("reconciler", found.text() + ", and none holds the lease"
        + " keda-ebb-dev, so nobody scales", "kubectl -n " + RECONCILER + " logs deployment/ebb-autoscaler")
        : Finding.ok("reconciler", found.text() + "; " + facts.leaseHolder() + " decides");
  }

  /** Serving's settings. */
  List<Finding> settings(List<KnativeSetting> settings) {
    List<Finding> findings = new ArrayList<>();
    settings.forEach(setting -> findings.add(setting(setting)));
    return findings;
  }

  private Finding setting(KnativeSetting setting) {
    Map<String, String> data = facts.settings().get(setting.configMap());
    if (data == null) {
      return Finding.error(setting.configMap(), "there is no such ConfigMap in namespace " + serving,
          "kubectl -n " + serving + " create configmap " + setting.configMap() + " --from-literal=" + setting.key()
              + "=" + setting.value() + restart(setting));
    }
    if (isUnknown(data, setting.key())) {
      return unknown(data, setting);
    }
    return judged(data.get(setting.key()), setting);
  }

  private Finding judged(String found, KnativeSetting setting) {
    if (setting.isMetBy(found)) {
      return Finding.ok(setting.configMap(), setting.key() + " is " + found);
    }
    String text = setting.key() + (found == null ? " is not set" : " is " + found) + ", so "
        + (setting.atLeast() ? "less than " + setting.value() + " is allowed and " : "") + setting.otherwise();
    String mend = "kubectl -n " + serving + " patch configmap " + setting.configMap()
        + " --type merge -p '{\"data\":{\"" + setting.key() + "\":\"" + setting.value() + "\"}}'" + restart(setting);
    return setting.needed() ? Finding.error(setting.configMap(), text, mend)
        : Finding.warning(setting.configMap(), text, mend);
  }

  /** The activator reads some settings at its start alone. */
  private String restart(KnativeSetting setting) {
    return READ_AT_START.contains(setting.configMap())
        ? " && kubectl -n " + serving + " rollout restart deployment activator" : "";
  }

  /** Each release ships the keys that it knows as an example; another key can be set, and nothing comes of it. */
  private static boolean isUnknown(Map<String, String> data, String key) {
    String example = data.get("_example");
    return example != null && !example.contains(key + ":");
  }

  /** Serving 0.42 exports the activator's metrics by another key, and has not every feature. */
  private Finding unknown(Map<String, String> data, KnativeSetting setting) {
    if (setting.key().equals("metrics-protocol")) {
      // There it is what it must be unless it is set.
      return judged(data.getOrDefault(OLDER_METRICS, setting.value()), new KnativeSetting(setting.configMap(),
          OLDER_METRICS, setting.value(), false, setting.otherwise(), setting.needed()));
    }
    String text = "this release of Knative Serving does not have " + setting.key() + ", so " + setting.otherwise();
    boolean refused = setting.configMap().equals("config-features");
    return refused ? Finding.error(setting.configMap(), text,
        "install a newer Knative Serving (0.50 has it), or take what needs it out of the file"
            + (setting.key().contains("volumes-") ? ", here by models[].source.claim" : ""))
        : Finding.warning(setting.configMap(), text, "install a newer Knative Serving (0.50 has it)");
  }

  /** Whether functions of a file are Knative services. */
  static boolean usesServing(EbbYaml yaml) {
    return !Rendering.settings(yaml).isEmpty();
  }
}

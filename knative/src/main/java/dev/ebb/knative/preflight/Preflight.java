package dev.ebb.knative.preflight;

import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.render.KnativeSetting;
import dev.ebb.knative.render.Rendering;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All checks of a cluster, with or without a file that is to be deployed; reads only. */
public final class Preflight {
  private static final String SERVING_DEFAULT = "knative-serving";
  private static final String KEDA_DEFAULT = "keda";
  /** What every installation of functions needs; files may need more. */
  private static final List<KnativeSetting> ALWAYS = List.of(
      new KnativeSetting("config-network", "mesh-compatibility-mode", "disabled", false,
          "a wake soon after a stop hangs", true),
      new KnativeSetting("config-deployment", "pod-is-always-schedulable", "true", false,
          "with quotas a service in the queue is not Ready", false),
      new KnativeSetting("config-observability", "metrics-protocol", "prometheus", false,
          "a call of a function's own URL does not wake it", false));

  private Preflight() {}

  /**
   * Reads and checks.
   *
   * @throws dev.ebb.knative.cluster.ClusterException where the API server does not answer
   */
  public static List<Finding> of(Api api, Optional<EbbYaml> yaml) {
    String serving = yaml.map(file -> file.namespaces().knative()).orElse(SERVING_DEFAULT);
    String keda = yaml.map(file -> file.namespaces().keda()).orElse(KEDA_DEFAULT);
    return judge(new FactsReader(api, serving, keda).read(yaml), yaml, serving, keda);
  }

  /** What follows from what was read. */
  static List<Finding> judge(ClusterFacts facts, Optional<EbbYaml> yaml, String serving, String keda) {
    PlatformChecks platform = new PlatformChecks(facts, serving);
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.ok("API server", facts.version()));
    findings.addAll(platform.served());
    boolean functions = yaml.map(PlatformChecks::usesServing).orElse(true);
    if (functions) {
      findings.add(platform.running("Knative Serving", serving, PlatformChecks.named("knative")));
      findings.addAll(platform.settings(yaml.map(Rendering::settings).orElse(ALWAYS)));
      findings.add(platform.reconciler());
    }
    findings.add(platform.running("KEDA", keda, PlatformChecks.named("keda")));
    if (yaml.map(file -> file.quotas().isPresent()).orElse(true)) {
      findings.add(fixed(platform, "Kueue", PlatformChecks.KUEUE));
    }
    if (yaml.map(file -> file.broker().isPresent()).orElse(true)) {
      findings.add(fixed(platform, "Knative Eventing", PlatformChecks.EVENTING));
    }
    findings.add(rights(facts));
    yaml.ifPresent(file -> {
      PrometheusChecks prometheus = new PrometheusChecks(file);
      findings.addAll(prometheus.namespaces(facts.namespaces()));
      findings.add(prometheus.scraped(facts.scrape()));
      findings.addAll(new FileChecks(facts, file).all());
      findings.addAll(new SecretChecks(facts, file).all());
      findings.addAll(new VolumeChecks(facts, file).all());
      findings.addAll(new ImageChecks(facts, file, serving).all());
    });
    return findings;
  }

  private static Finding fixed(PlatformChecks platform, String subject, String namespace) {
    return platform.running(subject, namespace, PlatformChecks.installed(subject, namespace));
  }

  private static Finding rights(ClusterFacts facts) {
    return facts.denied().isEmpty() ? Finding.ok("rights", "enough to deploy and take away")
        : Finding.error("rights", "you may not " + String.join(", ", facts.denied()),
            "kubectl create clusterrolebinding ebb-deployer --clusterrole=cluster-admin --user=YOU, by an"
                + " administrator");
  }
}

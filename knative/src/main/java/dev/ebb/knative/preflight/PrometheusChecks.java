package dev.ebb.knative.preflight;

import dev.ebb.knative.config.EbbYaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** That demand will be known: without its series a function that is awake is held there, and never sleeps. */
final class PrometheusChecks {
  private static final String SUBJECT = "Prometheus";

  private final EbbYaml yaml;

  PrometheusChecks(EbbYaml yaml) {
    this.yaml = yaml;
  }

  /** The namespaces of others that the NetworkPolicies let in and out. */
  List<Finding> namespaces(Set<String> there) {
    List<Finding> findings = new ArrayList<>();
    namespace(findings, there, "prometheus", yaml.namespaces().prometheus(), "Prometheus cannot scrape");
    if (PlatformChecks.usesServing(yaml)) {
      namespace(findings, there, "ingress", yaml.namespaces().ingress(), "calls through Knative's gateway are cut off");
    }
    return findings;
  }

  private static void namespace(List<Finding> findings, Set<String> there, String key, String name, String so) {
    if (!there.contains(name)) {
      findings.add(Finding.error("namespace " + name, "there is none, and NetworkPolicies let in who is there: " + so,
          "write the right one as namespaces." + key + "; kubectl get namespaces lists them"));
    }
  }

  Finding scraped(Scrape scrape) {
    return switch (scrape) {
      case Scrape.NotAsked none -> Finding.ok(SUBJECT, "not asked");
      case Scrape.Outside outside -> Finding.warning(SUBJECT, yaml.prometheus().url() + " is no Service of the"
          + " cluster, so it is not known whether it scrapes the routers", "where it can be reached: "
          + curl(yaml.prometheus().url(), outside.query()) + ", which must show each function");
      case Scrape.NoService(ServiceAddress address) -> Finding.error(SUBJECT, "there is no Service " + address.name()
          + " in namespace " + address.namespace() + ", which prometheus.url names",
          "kubectl get services -A | grep -i prometheus shows which there is; write its URL as prometheus.url");
      case Scrape.Locked locked -> locked(locked.status());
      case Scrape.Silent silent -> Finding.warning(SUBJECT, "does not answer through the API server ("
          + silent.why() + "), so it is not known whether it scrapes the routers", forward(silent));
      case Scrape.Answered answered -> answered(answered);
    };
  }

  private Finding answered(Scrape.Answered answered) {
    if (answered.wanted().isEmpty()) {
      return Finding.ok(SUBJECT, yaml.prometheus().url() + " answers; no router is there yet that it could scrape");
    }
    if (answered.missing().isEmpty()) {
      return Finding.ok(SUBJECT, "has ebb_demand of " + String.join(", ", answered.wanted()));
    }
    return Finding.warning(SUBJECT, "has no ebb_demand of " + String.join(", ", answered.missing())
        + ", so what is awake never sleeps", "kubectl get prometheuses -A -o yaml | grep -A 4 podMonitor shows the"
        + " labels that it wants of PodMonitors (write them as prometheus.labels) and of their namespace (kubectl"
        + " label namespace " + yaml.namespace() + " ...); a new PodMonitor takes it a minute");
  }

  /** Nobody's credentials come through the API server. KEDA is Ready only where it gets what it asks for. */
  private Finding locked(int status) {
    String asks = "answers nobody without credentials (" + status + ")";
    if (yaml.prometheus().auth().isEmpty()) {
      return Finding.warning(SUBJECT, asks + ", and the file has none, so KEDA learns of no demand and what is awake"
          + " never sleeps", "put them into a Secret in namespace " + yaml.namespace()
          + " and write its name and entries as prometheus.auth");
    }
    return Finding.warning(SUBJECT, asks + ", and those of prometheus.auth cannot go through the API server, so it is"
        + " not known whether they are right and whether it scrapes the routers", "kubectl -n " + yaml.namespace()
        + " get scaledobjects must show READY True; where it does not, kubectl -n " + yaml.namespace()
        + " get events --field-selector reason=KEDAScalerFailed tells why");
  }

  private static String forward(Scrape.Silent silent) {
    ServiceAddress address = silent.address();
    return "kubectl -n " + address.namespace() + " port-forward service/" + address.name() + " 9999:" + address.port()
        + " and " + curl(address.scheme() + "://127.0.0.1:9999" + address.path(), silent.query())
        + ", which must show each function; or write the right prometheus.url";
  }

  private static String curl(String url, String query) {
    return "curl -G " + url.replaceFirst("/+$", "") + "/api/v1/query --data-urlencode 'query=" + query + "'";
  }
}

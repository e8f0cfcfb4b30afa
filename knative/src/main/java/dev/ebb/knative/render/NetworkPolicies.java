package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Nothing may talk to Ebb's pods, nor they to anything, but for what is listed here. Pods of others are let be: a
 * namespace that existed before may have some.
 */
final class NetworkPolicies {
  /** Of queue-proxy and the activator: HTTP/1, HTTP/2, TLS, and queue-proxy's metrics. */
  private static final int[] KNATIVE_PORTS = {8012, 8013, 8112, 9090, 9091};
  private static final int[] GATEWAY_PORTS = {80, 8080, 8081, 443, 8443, 8444};
  private static final int[] API_SERVER_PORTS = {443, 6443};
  private static final int HTTPS_PORT = 443;
  private static final int DNS_PORT = 53;

  private NetworkPolicies() {}

  static List<Manifest> of(EbbYaml yaml) {
    List<Manifest> policies = new ArrayList<>();
    policies.add(policy(yaml, "ebb-default-deny", Labels.selectingOwn(yaml), new Fields(),
        List.of("Ingress", "Egress")));
    policies.add(policy(yaml, "ebb-dns", Labels.selectingOwn(yaml), Fields.of("egress", List.of(dns())),
        List.of("Egress")));
    policies.add(router(yaml));
    policies.add(functions(yaml));
    if (!PullJobs.of(yaml).isEmpty()) {
      policies.add(policy(yaml, "ebb-pull", Labels.selectingOwn(yaml, PullJobs.COMPONENT),
          Fields.of("egress", List.of(Fields.of("ports", tcp(HTTPS_PORT)))), List.of("Egress")));
    }
    if (!JobSinks.of(yaml).isEmpty()) {
      policies.add(policy(yaml, "ebb-batch", Labels.selectingOwn(yaml, JobSinks.COMPONENT),
          Fields.of("egress", List.of(toRouters(yaml), JobReplies.of(yaml).egress())), List.of("Egress")));
    }
    return policies;
  }

  /** Anybody may call a router; it calls functions, directly or through Knative, and watches pods and workloads. */
  private static Manifest router(EbbYaml yaml) {
    EbbYaml.Namespaces others = yaml.namespaces();
    List<Fields> in = List.of(Fields.of("ports", tcp(RouterPart.PORT)),
        Fields.of("from", namespaces(others.keda())).and("ports", tcp(RouterPart.SCALER_PORT)));
    List<Fields> out = new ArrayList<>(List.of(
        Fields.of("to", pods(yaml, FunctionPart.COMPONENT)).and("ports", tcp(FunctionPart.PORT)),
        gateway(yaml),
        Fields.of("to", namespaces(others.knative())).and("ports", tcp(KNATIVE_PORTS)),
        Fields.of("ports", tcp(API_SERVER_PORTS))));
    if (yaml.models().stream().anyMatch(model -> model.degradeTo().isPresent())) {
      out.add(toRouters(yaml));
    }
    return policy(yaml, "ebb-router", Labels.selectingOwn(yaml, RouterPart.COMPONENT),
        Fields.of("ingress", in).and("egress", out), List.of("Ingress", "Egress"));
  }

  private static Manifest functions(EbbYaml yaml) {
    EbbYaml.Namespaces others = yaml.namespaces();
    List<Fields> in = List.of(
        Fields.of("from", pods(yaml, RouterPart.COMPONENT)).and("ports", tcp(FunctionPart.PORT)),
        Fields.of("from", namespaces(others.ingress(), others.knative())).and("ports", tcp(KNATIVE_PORTS)),
        Fields.of("from", namespaces(others.prometheus())).and("ports", tcp(FunctionPart.PORT, KNATIVE_PORTS[4])));
    return policy(yaml, "ebb-function", Labels.selectingOwn(yaml, FunctionPart.COMPONENT),
        Fields.of("ingress", in), List.of("Ingress"));
  }

  private static Manifest policy(EbbYaml yaml, String name, Fields pods, Fields rules, List<String> types) {
    return Manifest.of(yaml, Kind.NETWORK_POLICY, name, Labels.metadata(yaml),
        Fields.of("spec", Fields.of("podSelector", pods).and("policyTypes", types).andAll(rules)));
  }

  private static Fields dns() {
    return Fields.of("to", namespaces("kube-system")).and("ports", List.of(
        Fields.of("protocol", "UDP").and("port", DNS_PORT),
        Fields.of("protocol", "TCP").and("port", DNS_PORT)));
  }

  private static Fields toRouters(EbbYaml yaml) {
    return Fields.of("to", pods(yaml, RouterPart.COMPONENT)).and("ports", tcp(RouterPart.PORT));
  }

  private static List<Fields> pods(EbbYaml yaml, String component) {
    return List.of(Fields.of("podSelector", Labels.selectingOwn(yaml, component)));
  }

  private static List<Fields> namespaces(String... names) {
    return List.of(Fields.of("namespaceSelector", Fields.of("matchExpressions", List.of(
        Fields.of("key", "kubernetes.io/metadata.name").and("operator", "In").and("values", List.of(names))))));
  }

  /** To Knative's gateway, through which its services are called. */
  static Fields gateway(EbbYaml yaml) {
    return to(yaml.namespaces().ingress()).and("ports", tcp(GATEWAY_PORTS));
  }

  /** To all pods of a namespace. */
  static Fields to(String namespace) {
    return Fields.of("to", namespaces(namespace));
  }

  static List<Fields> tcp(int... ports) {
    return IntStream.of(ports).mapToObj(port -> Fields.of("protocol", "TCP").and("port", port)).toList();
  }
}

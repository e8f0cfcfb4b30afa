package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the replies of jobs go: the address, and what must be let through to it. */
record JobReplies(EbbYaml yaml, EbbYaml.Broker broker, EbbYaml.Sink sink) {
  private static final String EVENTING = "knative-eventing";
  /** Of the pods that take a Broker's events. */
  private static final int BROKER_PORT = 8080;
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final Pattern SERVICE_HOST = Pattern.compile("[^.]+\\.([^.]+)\\.svc(\\..*)?");

  /** Of a file that has jobs. */
  static JobReplies of(EbbYaml yaml) {
    EbbYaml.Broker broker = yaml.broker().orElseThrow();
    return new JobReplies(yaml, broker, broker.jobs().orElseThrow().sink());
  }

  String url() {
    return switch (sink) {
      case EbbYaml.SinkUrl address -> address.url();
      case EbbYaml.SinkReference ref when isBroker(ref) -> "http://" + broker.ingress().orElseThrow() + "." + EVENTING
          + ".svc.cluster.local/" + namespace(ref) + "/" + ref.name();
      case EbbYaml.SinkReference ref -> "http://" + ref.name() + "." + namespace(ref) + ".svc.cluster.local";
    };
  }

  /** The rule of a NetworkPolicy by which a job reaches it. */
  Fields egress() {
    return switch (sink) {
      case EbbYaml.SinkUrl address -> to(URI.create(address.url()));
      case EbbYaml.SinkReference ref when isBroker(ref) ->
          NetworkPolicies.to(EVENTING).and("ports", NetworkPolicies.tcp(BROKER_PORT));
      case EbbYaml.SinkReference ref when ref.apiVersion().equals("v1") -> NetworkPolicies.to(namespace(ref));
      case EbbYaml.SinkReference ref -> NetworkPolicies.gateway(yaml);
    };
  }

  /** Policies see the ports of pods, which those of a Service need not be; any other address has its own. */
  private static Fields to(URI address) {
    Matcher service = SERVICE_HOST.matcher(address.getHost());
    if (service.matches()) {
      return NetworkPolicies.to(service.group(1));
    }
    int standard = address.getScheme().equals("https") ? HTTPS_PORT : HTTP_PORT;
    return Fields.of("ports", NetworkPolicies.tcp(address.getPort() < 0 ? standard : address.getPort()));
  }

  private static boolean isBroker(EbbYaml.SinkReference ref) {
    return ref.kind().equals("Broker");
  }

  private String namespace(EbbYaml.SinkReference ref) {
    return ref.namespace().orElse(yaml.namespace());
  }
}

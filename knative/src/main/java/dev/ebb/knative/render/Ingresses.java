package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.List;

/** Ways in from outside, where a host is given. */
final class Ingresses {
  private Ingresses() {}

  static List<Manifest> of(EbbYaml yaml) {
    return yaml.router().host().map(host -> RouterPart.all(yaml).stream().map(router -> of(router, host)).toList())
        .orElse(List.of());
  }

  private static Manifest of(RouterPart router, String host) {
    Fields backend = Fields.of("service",
        Fields.of("name", router.name()).and("port", Fields.of("name", "http")));
    Fields path = Fields.of("path", "/").and("pathType", "Prefix").and("backend", backend);
    boolean only = router.yaml().models().size() == 1;
    Fields rule = Fields.of("host", only ? host : router.model().slug() + "." + host)
        .and("http", Fields.of("paths", List.of(path)));
    return Manifest.of(router.yaml(), Kind.INGRESS, router.name(), Fields.of("labels", router.labels()),
        Fields.of("spec", Fields.of("rules", List.of(rule))));
  }
}

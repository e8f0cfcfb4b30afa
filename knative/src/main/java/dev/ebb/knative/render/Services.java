package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.PhaseSpec;
import java.util.List;
import java.util.stream.Stream;

/** Stable addresses of routers and of functions without Knative. */
final class Services {
  private static final int HTTP_PORT = 80;

  private Services() {}

  static List<Manifest> of(EbbYaml yaml) {
    Stream<Manifest> routers = RouterPart.all(yaml).stream()
        .map(router -> service(yaml, router.name(), router.labels(), router.selector(), List.of(http(),
            Fields.of("name", "scaler").and("port", RouterPart.SCALER_PORT).and("targetPort", "scaler"))));
    Stream<Manifest> functions = FunctionPart.all(yaml, PhaseSpec.Mode.DEPLOYMENT).stream()
        .map(function -> service(yaml, function.name(), function.labels(), function.selector(), List.of(http())));
    return Stream.concat(routers, functions).toList();
  }

  private static Fields http() {
    return Fields.of("name", "http").and("port", HTTP_PORT).and("targetPort", "http");
  }

  private static Manifest service(EbbYaml yaml, String name, Fields labels, Fields selector, List<Fields> ports) {
    return Manifest.of(yaml, Kind.SERVICE, name, Fields.of("labels", labels),
        Fields.of("spec", Fields.of("selector", selector).and("ports", ports)));
  }
}

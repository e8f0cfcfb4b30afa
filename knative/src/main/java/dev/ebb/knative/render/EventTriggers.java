package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.List;

/** Brings events to the routers. With several models an event says by the attribute {@code model} whose it is. */
final class EventTriggers {
  private EventTriggers() {}

  static List<Manifest> of(EbbYaml yaml) {
    return yaml.broker()
        .map(broker -> RouterPart.all(yaml).stream().map(router -> of(router, broker)).toList())
        .orElse(List.of());
  }

  private static Manifest of(RouterPart router, EbbYaml.Broker broker) {
    Fields attributes = Fields.of("type", "dev.ebb.generate.requested");
    if (router.yaml().models().size() > 1) {
      attributes.and("model", router.model().id());
    }
    Fields ref = Fields.of("apiVersion", "v1").and("kind", "Service").and("name", router.name());
    Fields spec = Fields.of("broker", broker.name())
        .and("filter", Fields.of("attributes", attributes))
        .and("subscriber", Fields.of("ref", ref).and("uri", "/"));
    return Manifest.of(router.yaml(), Kind.TRIGGER, router.name(), Fields.of("labels", router.labels()),
        Fields.of("spec", spec));
  }
}

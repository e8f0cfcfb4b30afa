package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import java.util.List;

/** The namespace, with the strictest Pod Security level that the volumes leave. */
final class NamespaceObject {
  private NamespaceObject() {}

  static List<Manifest> of(EbbYaml yaml) {
    Fields labels = Labels.common(yaml).and("pod-security.kubernetes.io/enforce", level(yaml));
    return List.of(
        Manifest.of(yaml, Kind.NAMESPACE, yaml.namespace(), Fields.of("labels", labels), new Fields()));
  }

  private static String level(EbbYaml yaml) {
    boolean host = yaml.models().stream()
        .anyMatch(model -> model.source() instanceof ModelSpec.HostFolder);
    boolean image = yaml.models().stream().anyMatch(model -> model.source() instanceof ModelSpec.ImageVolume);
    return host ? "privileged" : image ? "baseline" : "restricted";
  }
}

package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Labels by which objects and pods are found. */
final class Labels {
  static final String MODEL = "ebb.dev/model";
  static final String PHASE = "ebb.dev/phase";
  static final String COMPONENT = "app.kubernetes.io/component";

  private Labels() {}

  /** Of everything that is rendered. */
  static Fields common(EbbYaml yaml) {
    return new Fields().andAll(of(yaml.name()));
  }

  /** The same, of an installation of which only the name is known. */
  static Map<String, String> of(String name) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("app.kubernetes.io/name", "ebb");
    labels.put("app.kubernetes.io/instance", name);
    labels.put("app.kubernetes.io/managed-by", "ebb");
    return labels;
  }

  /** Metadata that holds the common labels alone. */
  static Fields metadata(EbbYaml yaml) {
    return Fields.of("labels", common(yaml));
  }

  /** A selector of pods by labels. */
  static Fields selecting(Map<String, ?> labels) {
    return Fields.of("matchLabels", labels);
  }

  /** A selector of the pods of these components. */
  static Fields selectingComponents(String... components) {
    return Fields.of("matchExpressions", List.of(
        Fields.of("key", COMPONENT).and("operator", "In").and("values", List.of(components))));
  }
}

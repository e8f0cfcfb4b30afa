package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.LinkedHashMap;
import java.util.Map;

/** Labels by which objects and pods are found. */
final class Labels {
  static final String MODEL = "ebb.dev/model";
  static final String PHASE = "ebb.dev/phase";
  static final String COMPONENT = "app.kubernetes.io/component";
  private static final String NAME = "app.kubernetes.io/name";
  private static final String INSTANCE = "app.kubernetes.io/instance";
  private static final String EBB = "ebb";

  private Labels() {}

  /** Of everything that is rendered. */
  static Fields common(EbbYaml yaml) {
    return new Fields().andAll(of(yaml.name()));
  }

  /** The same, of an installation of which only the name is known. */
  static Map<String, String> of(String name) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put(NAME, EBB);
    labels.put(INSTANCE, name);
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

  /** A selector of all pods of this installation, and of no others that may be in its namespace. */
  static Fields selectingOwn(EbbYaml yaml) {
    return selecting(own(yaml));
  }

  /** A selector of this installation's pods of one component. Others may have components of that name, too. */
  static Fields selectingOwn(EbbYaml yaml, String component) {
    return selecting(own(yaml).and(COMPONENT, component));
  }

  private static Fields own(EbbYaml yaml) {
    return Fields.of(NAME, EBB).and(INSTANCE, yaml.name());
  }
}

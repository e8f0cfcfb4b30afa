package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.List;

/** What a router may read in its namespace to tell which functions are ready: pods. Nothing else of Ebb has a right. */
final class Roles {
  static final String NAME = "ebb-pod-reader";

  private Roles() {}

  static List<Manifest> of(EbbYaml yaml) {
    return List.of(Manifest.of(yaml, Kind.ROLE, NAME, Labels.metadata(yaml),
        Fields.of("rules", List.of(reading("", "pods")))));
  }

  /** A rule to read and follow resources of a group. */
  static Fields reading(String group, String... resources) {
    return Fields.of("apiGroups", List.of(group)).and("resources", List.of(resources))
        .and("verbs", List.of("get", "list", "watch"));
  }
}

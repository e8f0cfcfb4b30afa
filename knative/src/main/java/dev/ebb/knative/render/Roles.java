package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.List;

/** What a router may read in its namespace to tell who waits for quota: the pods. Nothing else of Ebb has a right. */
final class Roles {
  static final String NAME = "ebb-queue-reader";

  private Roles() {}

  static List<Manifest> of(EbbYaml yaml) {
    return yaml.quotas().stream()
        .map(quotas -> Manifest.of(yaml, Kind.ROLE, NAME, Labels.metadata(yaml),
            Fields.of("rules", List.of(reading("", "pods")))))
        .toList();
  }

  /** A rule to read and follow resources of a group. */
  static Fields reading(String group, String... resources) {
    return Fields.of("apiGroups", List.of(group)).and("resources", List.of(resources))
        .and("verbs", List.of("get", "list", "watch"));
  }
}

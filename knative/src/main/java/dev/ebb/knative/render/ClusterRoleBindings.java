package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.List;

/** Who has which role in the cluster. */
final class ClusterRoleBindings {
  private ClusterRoleBindings() {}

  static List<Manifest> of(EbbYaml yaml) {
    return ClusterRoles.of(yaml).stream()
        .map(role -> RoleBindings.router(yaml, Kind.CLUSTER_ROLE_BINDING, role)).toList();
  }
}

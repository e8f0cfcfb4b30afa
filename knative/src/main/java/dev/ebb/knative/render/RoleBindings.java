package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.List;

/** Who has which role in the namespace. */
final class RoleBindings {
  private RoleBindings() {}

  static List<Manifest> of(EbbYaml yaml) {
    return Roles.of(yaml).stream().map(role -> router(yaml, Kind.ROLE_BINDING, role)).toList();
  }

  /** Gives routers a role, which has the binding's name. */
  static Manifest router(EbbYaml yaml, Kind kind, Manifest role) {
    Fields subject = Fields.of("kind", "ServiceAccount").and("name", ServiceAccounts.ROUTER)
        .and("namespace", yaml.namespace());
    Fields reference = Fields.of("apiGroup", "rbac.authorization.k8s.io").and("kind", role.kind().kind)
        .and("name", role.name());
    return Manifest.of(yaml, kind, role.name(), Labels.metadata(yaml),
        Fields.of("roleRef", reference).and("subjects", List.of(subject)));
  }
}

package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.Tenant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which Secrets KEDA asks Prometheus with; their names and entries alone, KEDA reads them itself. */
final class TriggerAuthentications {
  static final String NAME = "ebb-prometheus";

  private TriggerAuthentications() {}

  static List<Manifest> of(EbbYaml yaml) {
    List<Fields> targets = parameters(yaml.prometheus()).entrySet().stream()
        .map(parameter -> Fields.of("parameter", parameter.getKey()).and("name", parameter.getValue().secret())
            .and("key", parameter.getValue().entry())).toList();
    return targets.isEmpty() ? List.of() : List.of(Manifest.of(yaml, Kind.TRIGGER_AUTHENTICATION, NAME,
        Labels.metadata(yaml), Fields.of("spec", Fields.of("secretTargetRef", targets))));
  }

  /** What triggers that ask Prometheus refer to. */
  static Optional<String> name(EbbYaml yaml) {
    return yaml.prometheus().auth().map(auth -> NAME);
  }

  /** How KEDA is to use it; without a mode it would use nothing of it, not even the CA. */
  static Optional<String> modes(EbbYaml yaml) {
    return yaml.prometheus().auth().map(auth -> switch (auth) {
      case EbbYaml.Bearer bearer -> "bearer";
      case EbbYaml.Basic basic -> "basic";
    });
  }

  /** By KEDA's names of them. */
  private static Map<String, Tenant.SecretEntry> parameters(EbbYaml.Prometheus prometheus) {
    Map<String, Tenant.SecretEntry> parameters = new LinkedHashMap<>();
    prometheus.auth().ifPresent(auth -> {
      switch (auth) {
        case EbbYaml.Bearer bearer -> parameters.put("bearerToken", bearer.token());
        case EbbYaml.Basic basic -> {
          parameters.put("username", basic.username());
          parameters.put("password", basic.password());
        }
      }
    });
    prometheus.ca().ifPresent(ca -> parameters.put("ca", ca));
    return parameters;
  }
}

package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import java.util.ArrayList;
import java.util.List;

/** Room for the models that come from a hub. */
final class ModelClaims {
  private ModelClaims() {}

  static List<Manifest> of(EbbYaml yaml) {
    List<Manifest> claims = new ArrayList<>();
    for (ModelSpec model : yaml.models()) {
      if (model.source() instanceof ModelSpec.Hub hub) {
        Fields spec = Fields.of("accessModes", List.of("ReadWriteOnce"))
            .and("resources", Fields.of("requests", Fields.of("storage", hub.size().text())))
            .andAny("storageClassName", hub.storageClass());
        claims.add(Manifest.of(yaml, Kind.CLAIM, model.claimName(), Labels.metadata(yaml), Fields.of("spec", spec)));
      }
    }
    return claims;
  }
}

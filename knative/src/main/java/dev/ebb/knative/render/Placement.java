package dev.ebb.knative.render;

import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.config.Toleration;
import java.util.List;

/** Which nodes a model's pods may run on. */
final class Placement {
  private Placement() {}

  /** Of all pods that mount the model, or put it where it is mounted. */
  static Fields of(ModelSpec model) {
    return new Fields().andAny("nodeSelector", model.nodeSelector())
        .andAny("tolerations", tolerations(model.tolerations()));
  }

  /**
   * Of the model's router, which mounts the model too, and the folder of a node or a claim may be there alone. An image
   * is everywhere, and a router need not take room on nodes with GPUs.
   */
  static Fields ofRouter(ModelSpec model) {
    return model.source() instanceof ModelSpec.ImageVolume ? new Fields() : of(model);
  }

  static List<Fields> tolerations(List<Toleration> tolerations) {
    return tolerations.stream()
        .map(one -> new Fields().andAny("key", one.key()).and("operator", one.operator())
            .andAny("value", one.value()).andAny("effect", one.effect()))
        .toList();
  }
}

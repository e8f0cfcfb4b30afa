package dev.ebb.knative.render;

import dev.ebb.knative.config.PhaseSpec;
import dev.ebb.knative.config.Toleration;
import java.util.List;

/** The pod of a function, but for what Knative and Deployments do differently. */
final class FunctionPod {
  private FunctionPod() {}

  static Fields container(FunctionPart function) {
    boolean plain = function.phase().mode() == PhaseSpec.Mode.DEPLOYMENT;
    return Fields.of("name", function.part().key())
        .and("image", function.yaml().images().of(function.part()))
        .and("ports", List.of(Fields.of("name", plain ? "http" : "http1").and("containerPort", FunctionPart.PORT)))
        .and("env", Environment.of(function))
        .and("resources", Containers.resources(function.phase().resources(), function.phase().gpus()))
        .andAll(Containers.probes(plain))
        .and("securityContext", Containers.securityContext())
        .and("volumeMounts",
            List.of(ModelVolume.mount(), ArenaVolume.mount(), Containers.temporaryMount()));
  }

  static List<Object> volumes(FunctionPart function) {
    return List.of(ModelVolume.volume(function.model()), ArenaVolume.volume(function.yaml()),
        Containers.temporaryVolume());
  }

  /** Where it may run, and by which runtime. */
  static Fields placement(FunctionPart function) {
    return new Fields().andAny("nodeSelector", function.model().nodeSelector())
        .andAny("tolerations", tolerations(function.model().tolerations()))
        .andAny("runtimeClassName", function.model().runtimeClass());
  }

  static List<Fields> tolerations(List<Toleration> tolerations) {
    return tolerations.stream()
        .map(one -> new Fields().andAny("key", one.key()).and("operator", one.operator())
            .andAny("value", one.value()).andAny("effect", one.effect()))
        .toList();
  }
}

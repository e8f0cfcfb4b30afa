package dev.ebb.knative.render;

import dev.ebb.knative.config.PhaseSpec;
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
    return Placement.of(function.model()).andAny("runtimeClassName", function.model().runtimeClass());
  }
}

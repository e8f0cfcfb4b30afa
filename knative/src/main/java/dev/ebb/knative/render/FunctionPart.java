package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.Images;
import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.config.PhaseSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Prefill or decode of one model. */
record FunctionPart(EbbYaml yaml, ModelSpec model, Images.Part part, PhaseSpec phase) {
  static final int PORT = 8080;
  static final String COMPONENT = "function";

  static List<FunctionPart> all(EbbYaml yaml) {
    List<FunctionPart> parts = new ArrayList<>();
    for (ModelSpec model : yaml.models()) {
      prefill(yaml, model).ifPresent(parts::add);
      parts.add(decode(yaml, model));
    }
    return parts;
  }

  static List<FunctionPart> all(EbbYaml yaml, PhaseSpec.Mode mode) {
    return all(yaml).stream().filter(part -> part.phase.mode() == mode).toList();
  }

  static Optional<FunctionPart> prefill(EbbYaml yaml, ModelSpec model) {
    return model.prefill().map(phase -> new FunctionPart(yaml, model, Images.Part.PREFILL, phase));
  }

  static FunctionPart decode(EbbYaml yaml, ModelSpec model) {
    return new FunctionPart(yaml, model, Images.Part.DECODE, model.decode());
  }

  String name() {
    return model.slug() + "-" + part.key();
  }

  /** Labels of its objects and pods. */
  Fields labels() {
    return Labels.common(yaml).andAll(selector());
  }

  /** Labels that no other pods of the namespace have. */
  Fields selector() {
    return Fields.of(Labels.COMPONENT, COMPONENT).and(Labels.MODEL, model.slug()).and(Labels.PHASE, part.key());
  }

  /** Labels by which Kueue takes the pods into its queue. */
  Fields queueLabels() {
    return new Fields().andAny("kueue.x-k8s.io/queue-name", model.queue())
        .andAny("kueue.x-k8s.io/priority-class",
            model.priority().map(priority -> PriorityClasses.name(yaml, priority)));
  }

  /** Where the router calls it: port 80 in both modes. */
  String url() {
    return "http://" + name() + "." + yaml.namespace() + ".svc.cluster.local";
  }
}

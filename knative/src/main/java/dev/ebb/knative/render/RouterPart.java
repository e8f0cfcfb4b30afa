package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import java.util.List;

/** The router of one model, which is all that a router process serves. */
record RouterPart(EbbYaml yaml, ModelSpec model) {
  static final int PORT = 8080;
  static final int SCALER_PORT = 9190;
  /** Time in which the cluster learns that a router which is told to stop gets no more requests. */
  static final int LEAVE_SECONDS = 5;
  static final String COMPONENT = "router";

  static List<RouterPart> all(EbbYaml yaml) {
    return yaml.models().stream().map(model -> new RouterPart(yaml, model)).toList();
  }

  String name() {
    return model.slug() + "-router";
  }

  /** Labels of its objects and pods. */
  Fields labels() {
    return Labels.common(yaml).andAll(selector());
  }

  /** Labels that no other pods of the namespace have. */
  Fields selector() {
    return Fields.of(Labels.COMPONENT, COMPONENT).and(Labels.MODEL, model.slug());
  }

  String host() {
    return name() + "." + yaml.namespace() + ".svc.cluster.local";
  }
}

package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.Images;
import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.config.Quantity;
import dev.ebb.knative.config.Resources;
import java.util.ArrayList;
import java.util.List;

/** Fetches the models that come from a hub, once; the command resumes where an earlier attempt stopped. */
final class PullJobs {
  static final String COMPONENT = "pull";
  /** After the first. */
  private static final int ATTEMPTS = 6;
  private static final Resources RESOURCES = new Resources(new Quantity("500m"), new Quantity("512Mi"));

  private PullJobs() {}

  static List<Manifest> of(EbbYaml yaml) {
    List<Manifest> jobs = new ArrayList<>();
    for (ModelSpec model : yaml.models()) {
      if (model.source() instanceof ModelSpec.Hub hub) {
        Fields labels = Labels.common(yaml).and(Labels.COMPONENT, COMPONENT).and(Labels.MODEL, model.slug());
        Fields template = Fields.of("metadata", Fields.of("labels", labels)).and("spec", pod(yaml, model, hub));
        jobs.add(Manifest.of(yaml, Kind.JOB, model.pullName(), Fields.of("labels", labels),
            Fields.of("spec", Fields.of("backoffLimit", ATTEMPTS).and("template", template))));
      }
    }
    return jobs;
  }

  private static Fields pod(EbbYaml yaml, ModelSpec model, ModelSpec.Hub hub) {
    Fields claim = Fields.of("claimName", model.claimName());
    return Fields.of("serviceAccountName", ServiceAccounts.JOB)
        .and("enableServiceLinks", false)
        // A container that is started again in its pod takes the log with it when the Job gives up and deletes the pod.
        // What was pulled is in the claim, so a new pod goes on from there, and counts as a restart would have.
        .and("restartPolicy", "Never")
        // The fresh volume belongs to root; the group may write.
        .and("securityContext", Fields.of("fsGroup", Containers.USER))
        .andAll(Placement.of(model))
        .and("containers", List.of(container(yaml, model, hub)))
        .and("volumes", List.of(Fields.of("name", "model").and("persistentVolumeClaim", claim),
            Containers.temporaryVolume()));
  }

  private static Fields container(EbbYaml yaml, ModelSpec model, ModelSpec.Hub hub) {
    List<Object> environment = new ArrayList<>(Environment.list(Fields.of("EBB_HOME", ModelVolume.FOLDER)));
    hub.token().ifPresent(token -> environment.add(Fields.of("name", "HF_TOKEN").and("valueFrom",
        Fields.of("secretKeyRef", Fields.of("name", token.secret()).and("key", token.entry())))));
    return Fields.of("name", COMPONENT)
        .and("image", yaml.images().of(Images.Part.CLI))
        .and("args", List.of("model", "pull", hub.reference(), "--as", model.id(), "--replace"))
        .and("env", environment)
        .and("resources", Containers.resources(RESOURCES))
        .and("securityContext", Containers.securityContext())
        .and("volumeMounts", List.of(Fields.of("name", "model").and("mountPath", ModelVolume.FOLDER),
            Containers.temporaryMount()));
  }
}

package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.Images;
import dev.ebb.knative.config.Resources;
import java.util.List;
import java.util.Optional;

/** Turns an event into a batch job: one sink a tenant, whose queue admits the job, or one for all. */
final class JobSinks {
  static final String COMPONENT = "batch";
  /** After the first, each twice as long behind the one before, from 10 s: some eleven minutes, as a rollout takes. */
  private static final int ATTEMPTS = 6;
  /** Exit status of {@code ebb batch} for an event that cannot be answered. */
  private static final int REFUSED = 3;

  private JobSinks() {}

  static List<Manifest> of(EbbYaml yaml) {
    Optional<EbbYaml.Jobs> jobs = yaml.broker().flatMap(EbbYaml.Broker::jobs);
    if (jobs.isEmpty()) {
      return List.of();
    }
    if (yaml.tenants().isEmpty()) {
      return List.of(sink(yaml, jobs.get(), "ebb-batch", Optional.empty()));
    }
    return yaml.tenants().stream()
        .map(tenant -> sink(yaml, jobs.get(), "ebb-batch-" + tenant.name(), tenant.queue())).toList();
  }

  private static Manifest sink(EbbYaml yaml, EbbYaml.Jobs jobs, String name, Optional<String> queue) {
    Fields pod = Fields.of("serviceAccountName", ServiceAccounts.JOB)
        .and("enableServiceLinks", false)
        .and("restartPolicy", "Never")
        .and("containers", List.of(container(yaml, jobs.resources())))
        .and("volumes", List.of(Containers.temporaryVolume()));
    Fields labels = Labels.common(yaml).and(Labels.COMPONENT, COMPONENT);
    Fields job = Fields.of("metadata",
            Fields.of("labels", Labels.common(yaml).andAny("kueue.x-k8s.io/queue-name", queue)))
        .and("spec", Fields.of("backoffLimit", ATTEMPTS)
            // Its event's Secret goes with it.
            .and("ttlSecondsAfterFinished", jobs.keepSeconds())
            .and("podFailurePolicy", Fields.of("rules", List.of(disrupted(), refused())))
            .and("template", Fields.of("metadata", Fields.of("labels", labels)).and("spec", pod)));
    return Manifest.of(yaml, Kind.JOB_SINK, name, Labels.metadata(yaml), Fields.of("spec", Fields.of("job", job)));
  }

  /** A drained node or a preemption is no failure of the event. Before the other rule: the first that fits decides. */
  private static Fields disrupted() {
    return Fields.of("action", "Ignore").and("onPodConditions",
        List.of(Fields.of("type", "DisruptionTarget").and("status", "True")));
  }

  /** An event that was refused for good is refused again. */
  private static Fields refused() {
    return Fields.of("action", "FailJob").and("onExitCodes", Fields.of("containerName", COMPONENT)
        .and("operator", "In").and("values", List.of(REFUSED)));
  }

  private static Fields container(EbbYaml yaml, Resources resources) {
    return Fields.of("name", COMPONENT)
        .and("image", yaml.images().of(Images.Part.BATCH))
        .and("env", Environment.ofJobs(yaml))
        .and("resources", Containers.resources(resources))
        .and("securityContext", Containers.securityContext())
        .and("volumeMounts", List.of(Containers.temporaryMount()));
  }
}

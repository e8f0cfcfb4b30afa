package dev.ebb.knative.deploy;

import dev.ebb.knative.cluster.Api;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;

/** Applies objects at the API server, as the field manager {@code ebb}; takes no field from another. */
final class Applier {
  static final String FIELD_MANAGER = "ebb";
  private static final Duration GONE = Duration.ofSeconds(60);

  private final Api api;
  private final boolean dryRun;

  /**
   * An applier.
   *
   * @param dryRun whether the API server only says what it would do
   */
  Applier(Api api, boolean dryRun) {
    this.api = api;
    this.dryRun = dryRun;
  }

  /**
   * Applies one object; a Job that failed is taken away before, since a Job runs once.
   *
   * @param anew whether a Job is taken away before whatever became of it
   * @throws KubernetesClientException where it is refused
   */
  Applied apply(GenericKubernetesResource object, boolean anew) {
    Resource<GenericKubernetesResource> resource = api.resource(object);
    GenericKubernetesResource before = resource.get();
    GenericKubernetesResource after;
    if (before != null && !dryRun && (anew || Readiness.hasFailed(before))) {
      replace(object, resource);
      return Applied.RUN_ANEW;
    }
    try {
      after = resource.patch(context());
    } catch (KubernetesClientException e) {
      if (e.getCode() != Refusal.INVALID || before == null || dryRun || !"Job".equals(object.getKind())) {
        throw e;
      }
      // A Job's pods cannot be changed; a pull that runs anew finds what is there already.
      after = replace(object, resource);
    }
    if (before == null) {
      return Applied.CREATED;
    }
    return version(before).equals(version(after)) ? Applied.UNCHANGED : Applied.CHANGED;
  }

  /** Its pods end first: two pulls would write into one claim. */
  private GenericKubernetesResource replace(GenericKubernetesResource object,
      Resource<GenericKubernetesResource> resource) {
    resource.withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
    if (!isGone(resource)) {
      throw new KubernetesClientException("the old one is not gone after " + GONE.toSeconds() + " s; kubectl -n "
          + object.getMetadata().getNamespace() + " get pods -l job-name=" + object.getMetadata().getName()
          + " shows what holds it");
    }
    return resource.patch(context());
  }

  private static boolean isGone(Resource<GenericKubernetesResource> resource) {
    try {
      return Gone.within(GONE, () -> resource.get() != null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KubernetesClientException("interrupted", e);
    }
  }

  private PatchContext context() {
    PatchContext.Builder context = new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager(FIELD_MANAGER).withForce(false);
    return (dryRun ? context.withDryRun(List.of("All")) : context).build();
  }

  /** In a dry run the version stays, so what it says is told by the generation. */
  private String version(GenericKubernetesResource object) {
    return dryRun ? String.valueOf(object.getMetadata().getGeneration()) : object.getMetadata().getResourceVersion();
  }
}

package dev.ebb.knative.deploy;

import dev.ebb.knative.cluster.Api;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Applies objects at the API server, as the field manager {@code ebb}; takes no field from another. */
final class Applier {
  static final String FIELD_MANAGER = "ebb";
  private static final long GONE_SECONDS = 60;

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
   * Applies one object.
   *
   * @throws KubernetesClientException where it is refused
   */
  Applied apply(GenericKubernetesResource object) {
    Resource<GenericKubernetesResource> resource = api.resource(object);
    GenericKubernetesResource before = resource.get();
    GenericKubernetesResource after;
    try {
      after = resource.patch(context());
    } catch (KubernetesClientException e) {
      if (e.getCode() != Refusal.INVALID || before == null || dryRun || !"Job".equals(object.getKind())) {
        throw e;
      }
      // A Job's pods cannot be changed; a pull that runs anew finds what is there already.
      resource.withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
      resource.waitUntilCondition(gone -> gone == null, GONE_SECONDS, TimeUnit.SECONDS);
      after = resource.patch(context());
    }
    if (before == null) {
      return Applied.CREATED;
    }
    return version(before).equals(version(after)) ? Applied.UNCHANGED : Applied.CHANGED;
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

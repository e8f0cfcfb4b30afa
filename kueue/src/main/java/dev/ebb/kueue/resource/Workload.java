package dev.ebb.kueue.resource;

import dev.ebb.kueue.KueueNames;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;

/** What Kueue queues and admits. Each pod of a Deployment has one of its own, which the pod owns. */
@Group(KueueNames.GROUP)
@Version(KueueNames.VERSION)
public class Workload extends CustomResource<WorkloadSpec, WorkloadStatus> implements Namespaced {
  /** A new object has an empty spec, which the API requires; its status is null until Kueue writes one. */
  @Override
  protected WorkloadSpec initSpec() {
    return new WorkloadSpec();
  }
}

package dev.ebb.kueue.resource;

import dev.ebb.kueue.KueueNames;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;

/** A queue of the cluster with quotas of its own, which LocalQueues of namespaces lead to. */
@Group(KueueNames.GROUP)
@Version(KueueNames.VERSION)
public class ClusterQueue extends CustomResource<ClusterQueueSpec, ClusterQueueStatus> {
  /** A new object has an empty spec, which the API requires; its status is null until Kueue writes one. */
  @Override
  protected ClusterQueueSpec initSpec() {
    return new ClusterQueueSpec();
  }
}

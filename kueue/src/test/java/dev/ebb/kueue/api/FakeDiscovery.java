package dev.ebb.kueue.api;

import dev.ebb.kueue.resource.ClusterQueue;
import dev.ebb.kueue.resource.Cohort;
import dev.ebb.kueue.resource.LocalQueue;
import dev.ebb.kueue.resource.ResourceFlavor;
import dev.ebb.kueue.resource.Workload;
import dev.ebb.kueue.resource.WorkloadPriorityClass;
import io.fabric8.kubernetes.api.model.APIGroupBuilder;
import io.fabric8.kubernetes.api.model.APIResourceListBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.util.List;

/** Makes a mock API server say that it serves Kueue. */
public final class FakeDiscovery {
  /** All kinds that the module reads. */
  public static final List<Class<? extends HasMetadata>> ALL = List.of(Workload.class, LocalQueue.class,
      ClusterQueue.class, Cohort.class, ResourceFlavor.class, WorkloadPriorityClass.class);

  private FakeDiscovery() {}

  /** Serves these kinds in each of the versions. */
  public static void serve(KubernetesMockServer server, List<String> versions,
      List<Class<? extends HasMetadata>> kinds) {
    var group = new APIGroupBuilder().withName("kueue.x-k8s.io");
    for (String version : versions) {
      String groupVersion = "kueue.x-k8s.io/" + version;
      group.addNewVersion().withGroupVersion(groupVersion).withVersion(version).endVersion();
      var resources = new APIResourceListBuilder().withGroupVersion(groupVersion);
      kinds.forEach(kind -> resources.addNewResource().withName(HasMetadata.getPlural(kind))
          .withKind(HasMetadata.getKind(kind)).withNamespaced(Namespaced.class.isAssignableFrom(kind)).endResource());
      server.expect().get().withPath("/apis/" + groupVersion).andReturn(200, resources.build()).always();
    }
    server.expect().get().withPath("/apis/kueue.x-k8s.io").andReturn(200, group.build()).always();
  }
}

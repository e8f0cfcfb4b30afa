package dev.ebb.kueue.resource;

import dev.ebb.kueue.KueueNames;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A kind of hardware: the nodes that quota of this flavor is spent on. Of the cluster, not of a namespace. */
@Group(KueueNames.GROUP)
@Version(KueueNames.VERSION)
public class ResourceFlavor extends CustomResource<ResourceFlavor.Spec, Void> {

  /** Which nodes, and what a pod needs to be let onto them. */
  public static class Spec extends OpenFields {
    /** Labels of the nodes; an admitted pod gets them as its node selector. */
    @NullMeansEmpty
    public Map<String, String> nodeLabels = new LinkedHashMap<>();

    /** Taints of the nodes, which a Workload must tolerate to be given this flavor. */
    @NullMeansEmpty
    public List<Taint> nodeTaints = new ArrayList<>();

    /** Tolerations that an admitted pod gets. */
    @NullMeansEmpty
    public List<Toleration> tolerations = new ArrayList<>();
  }

  /** A new object has an empty spec, which the API requires. */
  @Override
  protected Spec initSpec() {
    return new Spec();
  }
}

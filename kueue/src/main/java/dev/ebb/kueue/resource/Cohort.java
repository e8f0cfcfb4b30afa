package dev.ebb.kueue.resource;

import dev.ebb.kueue.KueueNames;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.ArrayList;
import java.util.List;

/** Queues that borrow from each other, with a common pool or a parent. Queues may name a cohort that has no object. */
@Group(KueueNames.GROUP)
@Version(KueueNames.VERSION)
public class Cohort extends CustomResource<Cohort.Spec, Void> {

  /** What the cohort adds, and where it belongs. */
  public static class Spec extends OpenFields {
    /** Name of the cohort above; null: none. */
    public String parentName;

    /** Quotas that the queues of the cohort share, on top of what each has itself. */
    @NullMeansEmpty
    public List<ResourceGroup> resourceGroups = new ArrayList<>();
  }

  /** A new object has an empty spec, which the API requires. */
  @Override
  protected Spec initSpec() {
    return new Spec();
  }
}

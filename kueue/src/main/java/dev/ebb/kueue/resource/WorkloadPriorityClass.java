package dev.ebb.kueue.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ebb.kueue.KueueNames;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;

/** A named priority in Kueue's queues, apart from the priority that the scheduler sees. Its fields are at the top. */
@Group(KueueNames.GROUP)
@Version(KueueNames.VERSION)
@JsonInclude(JsonInclude.Include.NON_NULL)
public class WorkloadPriorityClass extends CustomResource<Void, Void> {
  /** The priority; higher comes first. */
  public Integer value;

  public String description;
}

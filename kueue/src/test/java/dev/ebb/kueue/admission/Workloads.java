package dev.ebb.kueue.admission;

import dev.ebb.kueue.resource.Workload;
import dev.ebb.kueue.resource.WorkloadSpec;
import dev.ebb.kueue.resource.WorkloadStatus;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;

/** Workloads of one pod each, built step by step. */
final class Workloads {
  private final Workload workload = new Workload();

  private Workloads(String name, int second) {
    workload.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("models").withUid("uid-" + name)
        .withCreationTimestamp(time(second)).build());
    workload.getSpec().queueName = "gpu-serving";
    workload.setStatus(new WorkloadStatus());
  }

  /** A pending Workload that asks for one GPU, created so many seconds after eight o'clock. */
  static Workloads pending(String name, int second) {
    return new Workloads(name, second).asking("nvidia.com/gpu", "1")
        .is("QuotaReserved", "False", "Pending", "couldn't assign flavors to pod set main", second);
  }

  static String time(int second) {
    return "2026-11-25T08:00:%02dZ".formatted(second);
  }

  Workloads asking(String resource, String amount) {
    WorkloadSpec.PodSet set = new WorkloadSpec.PodSet();
    set.name = "main";
    set.template = new PodTemplateSpecBuilder().withNewSpec().addNewContainer().withName("user").withNewResources()
        .addToLimits(resource, new Quantity(amount)).endResources().endContainer().endSpec().build();
    workload.getSpec().podSets.clear();
    workload.getSpec().podSets.add(set);
    return this;
  }

  Workloads priority(int priority) {
    workload.getSpec().priority = priority;
    return this;
  }

  Workloads inactive() {
    workload.getSpec().active = false;
    return this;
  }

  /** Sets a condition, in place of an earlier one of the type. */
  Workloads is(String type, String status, String reason, String message, int second) {
    workload.getStatus().conditions.removeIf(condition -> condition.getType().equals(type));
    workload.getStatus().conditions.add(new ConditionBuilder().withType(type).withStatus(status).withReason(reason)
        .withMessage(message).withLastTransitionTime(time(second)).build());
    return this;
  }

  Workload get() {
    return workload;
  }
}

package dev.ebb.kueue.admission;

import dev.ebb.kueue.resource.Workload;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/**
 * The order in which Kueue considers the pending Workloads of a ClusterQueue: the higher priority first, then the
 * earlier time, then the smaller uid. The time is that of creation, or of an eviction that sends to the back: one for
 * pods that did not become ready in time, or for a failed check. Somebody preempted keeps the place of creation.
 *
 * <p>This is computed here from the Workloads and is not what Kueue's visibility API answers. It agrees with Kueue
 * 0.19 in its default configuration, and leaves out what cannot be seen in a Workload: admission fair sharing, the
 * priority-boost annotation, the setting that counts from creation even after such an eviction, and the preference
 * that Kueue gives to one for whom it is just preempting.
 */
public final class QueueOrder implements Comparator<Workload> {
  private static final Set<String> TO_THE_BACK = Set.of("PodsReadyTimeout", "AdmissionCheck");

  private static final Comparator<Workload> ORDER = Comparator.comparingInt(QueueOrder::priority).reversed()
      .thenComparing(QueueOrder::time)
      .thenComparing(QueueOrder::identity);

  @Override
  public int compare(Workload one, Workload other) {
    return ORDER.compare(one, other);
  }

  /** Whether Kueue considers a Workload for quota: it has none, is not over, switched off, nor in a pause. */
  public static boolean pending(Workload workload) {
    return !Conditions.isTrue(workload, Conditions.FINISHED)
        && !Conditions.isTrue(workload, Conditions.QUOTA_RESERVED)
        && !Conditions.isFalse(workload, Conditions.REQUEUED)
        && !Boolean.FALSE.equals(workload.getSpec().active)
        && workload.getMetadata().getDeletionTimestamp() == null;
  }

  static int priority(Workload workload) {
    Integer priority = workload.getSpec().priority;
    return priority == null ? 0 : priority;
  }

  static String identity(Workload workload) {
    ObjectMeta meta = workload.getMetadata();
    return meta.getUid() == null ? meta.getNamespace() + "/" + meta.getName() : meta.getUid();
  }

  private static Instant time(Workload workload) {
    Optional<Condition> evicted = Conditions.find(workload, Conditions.EVICTED)
        .filter(condition -> "True".equals(condition.getStatus()) && TO_THE_BACK.contains(condition.getReason()));
    String created = workload.getMetadata().getCreationTimestamp();
    // Without a time, which no API server leaves out, it comes last rather than first.
    return evicted.flatMap(Conditions::since)
        .orElseGet(() -> created == null ? Instant.MAX : Instant.parse(created));
  }
}

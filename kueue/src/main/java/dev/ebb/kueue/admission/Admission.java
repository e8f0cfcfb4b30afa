package dev.ebb.kueue.admission;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.Optional;

/**
 * Where one Workload stands. Immutable.
 *
 * @param namespace of the Workload, its pod and its LocalQueue
 * @param workload name of the Workload
 * @param state how far it got
 * @param holdsQuota whether quota is taken for it: while reserved or admitted, and after an eviction until it is gone
 * @param podsReady whether Kueue saw its pods ready; false also where Kueue does not look
 * @param clusterQueue where it waits or holds quota; empty if its LocalQueue leads nowhere
 * @param place its place in the queue; empty if it is not in it
 * @param cause why it is in this state
 * @param needs what it asks for, by name of the resource, in the resource's own unit
 * @param left what the ClusterQueue has left of these in one flavor; a resource that it does not cover is absent, and
 *     all are where the queue could not be read. Not what devices are free: see
 *     {@link dev.ebb.kueue.quota.BlindSpot}
 * @param sentence for the caller whose request waits: no names of queues, flavors or other people's Workloads
 */
public record Admission(String namespace, String workload, AdmissionState state, boolean holdsQuota,
    boolean podsReady, Optional<String> clusterQueue, Optional<Place> place, Cause cause, Map<String, Quantity> needs,
    Map<String, Quantity> left, String sentence) {

  public Admission {
    needs = Map.copyOf(needs);
    left = Map.copyOf(left);
  }

  Admission saying(String words) {
    return new Admission(namespace, workload, state, holdsQuota, podsReady, clusterQueue, place, cause, needs, left,
        words);
  }

  /**
   * A place in a queue, as Ebb computes it.
   *
   * @param position 1 for the head
   * @param length how many are in the queue, this one included
   */
  public record Place(int position, int length) {}

  /**
   * Why a Workload is where it is.
   *
   * @param reason one word: Kueue's, or empty
   * @param message Kueue's own words, for operators; or empty
   * @param lasting whether waiting alone cannot help: the Workload or the queue has to be changed
   */
  public record Cause(String reason, String message, boolean lasting) {}
}

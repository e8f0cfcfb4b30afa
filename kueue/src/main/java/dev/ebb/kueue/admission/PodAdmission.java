package dev.ebb.kueue.admission;

/**
 * A pod and where its Workload stands.
 *
 * @param namespace of the pod
 * @param pod name of the pod
 * @param uid of the pod, which a later one of the same name does not have
 * @param function what it serves: Knative's revision, else the value of its {@code app} label
 */
public record PodAdmission(String namespace, String pod, String uid, String function, Admission admission) {}

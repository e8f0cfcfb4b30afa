package dev.ebb.knative.deploy;

import dev.ebb.knative.render.ObjectKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;

/**
 * One object of the cluster.
 *
 * @param namespace empty for kinds that lie in none
 */
record ObjectName(ObjectKind kind, String namespace, String name) {
  static final ObjectKind KNATIVE_SERVICE = new ObjectKind("serving.knative.dev/v1", "Service", false);
  static final ObjectKind DEPLOYMENT = new ObjectKind("apps/v1", "Deployment", false);
  static final ObjectKind JOB = new ObjectKind("batch/v1", "Job", false);
  static final ObjectKind NAMESPACE = new ObjectKind("v1", "Namespace", true);
  static final ObjectKind CLAIM = new ObjectKind("v1", "PersistentVolumeClaim", false);
  static final ObjectKind BROKER = new ObjectKind("eventing.knative.dev/v1", "Broker", false);
  static final ObjectKind TRIGGER = new ObjectKind("eventing.knative.dev/v1", "Trigger", false);
  static final ObjectKind JOB_SINK = new ObjectKind("sinks.knative.dev/v1alpha1", "JobSink", false);
  static final ObjectKind AUTHENTICATION = new ObjectKind("keda.sh/v1alpha1", "TriggerAuthentication", false);
  static final ObjectKind WORKLOAD = new ObjectKind("kueue.x-k8s.io/v1beta2", "Workload", false);

  static ObjectName of(GenericKubernetesResource object) {
    String namespace = object.getMetadata().getNamespace();
    return new ObjectName(new ObjectKind(object.getApiVersion(), object.getKind(), namespace == null),
        namespace == null ? "" : namespace, object.getMetadata().getName());
  }

  /** As people say it; Knative's services are told from Kubernetes' own. */
  @Override
  public String toString() {
    return (kind.equals(KNATIVE_SERVICE) ? "Knative Service" : kind.kind()) + " " + name;
  }
}

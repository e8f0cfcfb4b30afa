package dev.ebb.knative.render;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The kinds of objects that are rendered, in the order in which they are applied. */
enum Kind {
  NAMESPACE("v1", "Namespace"),
  RESOURCE_FLAVOR("kueue.x-k8s.io/v1beta2", "ResourceFlavor"),
  PRIORITY_CLASS("kueue.x-k8s.io/v1beta2", "WorkloadPriorityClass"),
  CLUSTER_QUEUE("kueue.x-k8s.io/v1beta2", "ClusterQueue"),
  LOCAL_QUEUE("kueue.x-k8s.io/v1beta2", "LocalQueue"),
  SERVICE_ACCOUNT("v1", "ServiceAccount"),
  CLUSTER_ROLE("rbac.authorization.k8s.io/v1", "ClusterRole"),
  CLUSTER_ROLE_BINDING("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
  ROLE("rbac.authorization.k8s.io/v1", "Role"),
  ROLE_BINDING("rbac.authorization.k8s.io/v1", "RoleBinding"),
  NETWORK_POLICY("networking.k8s.io/v1", "NetworkPolicy"),
  VOLUME("v1", "PersistentVolume"),
  CLAIM("v1", "PersistentVolumeClaim"),
  JOB("batch/v1", "Job"),
  DEPLOYMENT("apps/v1", "Deployment"),
  SERVICE("v1", "Service"),
  TRIGGER_AUTHENTICATION("keda.sh/v1alpha1", "TriggerAuthentication"),
  KNATIVE_SERVICE("serving.knative.dev/v1", "Service"),
  SCALED_OBJECT("keda.sh/v1alpha1", "ScaledObject"),
  POD_MONITOR("monitoring.coreos.com/v1", "PodMonitor"),
  DISRUPTION_BUDGET("policy/v1", "PodDisruptionBudget"),
  INGRESS("networking.k8s.io/v1", "Ingress"),
  BROKER("eventing.knative.dev/v1", "Broker"),
  TRIGGER("eventing.knative.dev/v1", "Trigger"),
  JOB_SINK("sinks.knative.dev/v1alpha1", "JobSink");

  private static final Set<Kind> CLUSTER_WIDE = EnumSet.of(
      NAMESPACE, RESOURCE_FLAVOR, PRIORITY_CLASS, CLUSTER_QUEUE, CLUSTER_ROLE, CLUSTER_ROLE_BINDING, VOLUME);

  final String apiVersion;
  final String kind;

  Kind(String apiVersion, String kind) {
    this.apiVersion = apiVersion;
    this.kind = kind;
  }

  /** Begins the object's file name, so that files sort in the order of applying. */
  String filePrefix() {
    return "%02d-%s".formatted(ordinal(), name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  ObjectKind objectKind() {
    return new ObjectKind(apiVersion, kind, isClusterWide());
  }

  boolean isClusterWide() {
    return CLUSTER_WIDE.contains(this);
  }
}

package dev.ebb.knative.deploy;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The order of taking away. First what makes pods by itself, so that nothing starts again; Kueue's objects when no pod
 * is in its queues any more, since a queue in use is not let go; the namespace last. Credentials outlive the
 * ScaledObjects that refer to them, which otherwise could not be told from broken ones while they go.
 */
final class RemovalOrder {
  private static final Set<String> MAKERS =
      Set.of("serving.knative.dev", "eventing.knative.dev", "sinks.knative.dev", "keda.sh");
  private static final int STAGES = 5;

  private RemovalOrder() {}

  /** Stages, each to be gone before the next begins; none is empty. */
  static List<List<ObjectName>> of(List<ObjectName> objects) {
    return IntStream.range(0, STAGES)
        .mapToObj(stage -> objects.stream().filter(object -> stage(object) == stage).toList())
        .filter(stage -> !stage.isEmpty()).toList();
  }

  private static int stage(ObjectName object) {
    String group = object.kind().group();
    if (MAKERS.contains(group) && !object.kind().equals(ObjectName.AUTHENTICATION)) {
      return 0;
    }
    if (object.kind().equals(ObjectName.NAMESPACE)) {
      return 4;
    }
    if (!group.equals("kueue.x-k8s.io")) {
      return 1;
    }
    // A ClusterQueue holds on to its flavors.
    return object.kind().kind().endsWith("Queue") ? 2 : 3;
  }
}

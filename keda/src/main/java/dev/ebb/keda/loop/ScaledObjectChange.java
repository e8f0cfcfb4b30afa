package dev.ebb.keda.loop;

import dev.ebb.keda.resource.ScaledObject;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;

/** Tells changes of a ScaledObject that may matter from what KEDA notes for itself at each push and each poll. */
final class ScaledObjectChange implements BiPredicate<ScaledObject, ScaledObject> {
  /** Of the status; no decision rests on them. What is not known here may matter. */
  private static final Set<String> NOTES = Set.of("lastActiveTime", "triggersActivity");

  private final KubernetesSerialization serialization;
  private final Overlay overlay;

  ScaledObjectChange(KubernetesSerialization serialization) {
    this.serialization = serialization;
    overlay = new Overlay(serialization);
  }

  /** Whether the revision needs a look; so it does where nothing changed, which is the look now and then. */
  @Override
  public boolean test(ScaledObject before, ScaledObject after) {
    return Objects.equals(before.getMetadata().getResourceVersion(), after.getMetadata().getResourceVersion())
        || !overlay.same(withoutNotes(before), withoutNotes(after));
  }

  private ScaledObject withoutNotes(ScaledObject object) {
    ScaledObject copy = serialization.clone(object);
    // Both change with every write.
    copy.getMetadata().setResourceVersion(null);
    copy.getMetadata().setManagedFields(List.of());
    if (copy.getStatus() != null) {
      copy.getStatus().unknown().keySet().removeAll(NOTES);
    }
    return copy;
  }
}

package dev.ebb.keda.decide;

import dev.ebb.keda.resource.ScaledObject;
import dev.ebb.keda.setting.Reading;
import dev.ebb.keda.setting.Settings;
import dev.ebb.keda.setting.SettingsReader;
import dev.ebb.keda.trigger.ActivatorSeries;
import dev.ebb.keda.trigger.Names;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Decides what one PodAutoscaler of our class needs. */
public final class Decide {
  private final Observed seen;
  private final PodAutoscaler pa;
  private final Names names;
  private final Reading reading;

  private Decide(Observed seen) {
    this.seen = seen;
    pa = seen.podAutoscaler();
    names = names(pa.getMetadata(), seen.serving().activator());
    Map<String, String> annotations = pa.getMetadata().getAnnotations();
    reading = SettingsReader.read(annotations == null ? Map.of() : annotations, names);
  }

  /** The decision; the same for the same observation, and without a notice once it was carried out. */
  public static Decision on(Observed seen) {
    return new Decide(seen).decision();
  }

  private Decision decision() {
    boolean foreignService = seen.serverlessService().filter(sks -> !Ownership.isControlledBy(sks, pa)).isPresent();
    StatusDraft draft = new StatusDraft(seen, reading, foreignService);
    Scaling scaling = scaling(draft.initialized());
    Optional<ServerlessService> service =
        foreignService ? Optional.empty() : Optional.of(Templates.serverlessService(pa));
    return new Decision(service, scaling, draft.status(), Notices.of(seen, draft, scaling));
  }

  private Scaling scaling(boolean initialized) {
    boolean foreign = seen.scaledObject().filter(object -> !Ownership.isControlledBy(object, pa)).isPresent();
    boolean givenUp = !initialized && seen.needless();
    // Where there is one it was given up before, and must get out of the pause again.
    boolean begun = initialized || givenUp || seen.scaledObject().isPresent();
    if (!begun || foreign) {
      return new Scaling.Untouched();
    }
    // A person who paused it has the word: whatever we wrote would take theirs away, now or when it ends.
    boolean paused = !has(Decide::pausedByPerson) && (givenUp || paused());
    return switch (reading) {
      case Reading.Valid(Settings settings) ->
          new Scaling.Wanted(Templates.scaledObject(pa, settings, names, paused), paused);
      // Without one there would be nothing to pause, and its pod would hold what it has for ever.
      case Reading.Refused refused when givenUp && seen.scaledObject().isEmpty() ->
          new Scaling.Wanted(Templates.heldAtZero(pa), true);
      // What never started does not start by settings that cannot stand, also where a route names it again.
      case Reading.Refused refused -> new Scaling.PauseOnly(paused || !initialized && has(Decide::pausedByRouting));
    };
  }

  /** A revision that was not seen keeps the pause it has: nothing wakes on ignorance. */
  private boolean paused() {
    return switch (seen.routing()) {
      case RESERVE, SPARE -> true;
      case UNKNOWN -> has(Decide::pausedByRouting);
      case ACTIVE, PENDING -> false;
    };
  }

  private boolean has(Predicate<ScaledObject> pause) {
    return seen.scaledObject().filter(pause).isPresent();
  }

  /** Whether the pause that routing sets is on the object. */
  static boolean pausedByRouting(ScaledObject object) {
    return annotated(object, Scaling.PAUSED_BY_ROUTING);
  }

  private static boolean pausedByPerson(ScaledObject object) {
    return annotated(object, ScaledObject.PAUSED_REPLICAS) && !pausedByRouting(object);
  }

  private static boolean annotated(ScaledObject object, String key) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    return annotations != null && annotations.containsKey(key);
  }

  private static Names names(ObjectMeta metadata, ActivatorSeries activator) {
    Map<String, String> labels = metadata.getLabels() == null ? Map.of() : metadata.getLabels();
    String service = labels.getOrDefault("serving.knative.dev/service",
        labels.getOrDefault("serving.knative.dev/configuration", ""));
    return new Names(metadata.getNamespace(), service, metadata.getName(), activator);
  }
}

package dev.ebb.keda.decide;

import dev.ebb.keda.resource.ScaledObject;
import dev.ebb.keda.setting.Reading;
import io.fabric8.knative.pkg.apis.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What changed since the previous status and is worth an event; nothing once that status was written. */
final class Notices {
  static final String BAD_SETTINGS = "BadSettings";
  static final String NOT_OWNED = "NotOwned";

  private final Observed seen;
  private final StatusDraft draft;
  private final List<Notice> notices = new ArrayList<>();

  private Notices(Observed seen, StatusDraft draft) {
    this.seen = seen;
    this.draft = draft;
  }

  static List<Notice> of(Observed seen, StatusDraft draft, Scaling scaling) {
    Notices notices = new Notices(seen, draft);
    notices.settings();
    notices.start();
    notices.owners();
    notices.pause(scaling);
    notices.verdict();
    return List.copyOf(notices.notices);
  }

  static String notOwned(String kind, Observed seen) {
    return "a " + kind + " '" + seen.podAutoscaler().getMetadata().getName()
        + "' exists that this PodAutoscaler does not own; delete or rename it";
  }

  private void settings() {
    Optional<Condition> before = previous(Conditions.SETTINGS_VALID);
    if (draft.reading() instanceof Reading.Refused refused) {
      String message = refused.message();
      if (before.filter(condition -> message.equals(condition.getMessage())).isEmpty()) {
        add(true, BAD_SETTINGS, message);
      }
    } else if (before.isPresent()) {
      add(false, "SettingsAccepted", "the annotations can stand now");
    }
  }

  private void start() {
    boolean before = Conditions.isTrue(seen.previous().getConditions(), Conditions.INITIALIZED);
    if (draft.initialized() && !before) {
      add(false, "Started", "the revision was ready once; KEDA decides its replicas from here on");
    }
  }

  private void owners() {
    boolean before = previous(Conditions.SKS_READY).filter(was -> NOT_OWNED.equals(was.getReason())).isPresent();
    if (draft.foreignService() && !before) {
      add(true, NOT_OWNED, notOwned("ServerlessService", seen));
    }
    boolean foreign = seen.scaledObject()
        .filter(object -> !Ownership.isControlledBy(object, seen.podAutoscaler())).isPresent();
    boolean starts = !Conditions.isTrue(seen.previous().getConditions(), Conditions.INITIALIZED);
    if (foreign && draft.initialized() && starts) {
      add(true, NOT_OWNED, notOwned("ScaledObject", seen));
    }
  }

  private void pause(Scaling scaling) {
    boolean before = seen.scaledObject().filter(Decide::pausedByRouting).isPresent();
    Optional<Boolean> paused = switch (scaling) {
      case Scaling.Untouched untouched -> Optional.empty();
      case Scaling.Wanted wanted -> Optional.of(wanted.paused());
      case Scaling.PauseOnly only -> seen.scaledObject().map((ScaledObject object) -> only.paused());
    };
    if (paused.isPresent() && paused.get() != before) {
      add(false, paused.get() ? "Paused" : "Resumed", paused.get()
          ? draft.initialized() ? "the revision has no traffic (routing state reserve), so it is held at 0"
              : "the revision never became ready and is not needed (a newer one, or no route), so it gives up its pod"
          : "the revision is needed again, so demand may wake it");
    }
  }

  private void verdict() {
    boolean before = previous(Conditions.SCALED_OBJECT_READY)
        .filter(was -> "False".equals(was.getStatus())).isPresent();
    draft.scaledObjectVerdict().filter(verdict -> "False".equals(verdict.status) && !before).ifPresent(verdict ->
        add(true, "ScaledObjectNotReady", "KEDA says " + verdict.reason + ": " + verdict.message));
  }

  private Optional<Condition> previous(String type) {
    return Conditions.find(seen.previous().getConditions(), type);
  }

  private void add(boolean warning, String reason, String message) {
    notices.add(new Notice(warning, reason, message));
  }
}

package dev.ebb.keda.loop;

import dev.ebb.keda.decide.Decide;
import dev.ebb.keda.decide.Decision;
import dev.ebb.keda.decide.Notice;
import dev.ebb.keda.decide.Observed;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** Looks at one PodAutoscaler, decides, and carries it out. */
final class Reconciler {
  private static final System.Logger LOG = System.getLogger(Reconciler.class.getName());

  private final ClusterView view;
  private final Applier applier;
  private final EventRecorder events;

  Reconciler(ClusterView view, Applier applier, EventRecorder events) {
    this.view = view;
    this.applier = applier;
    this.events = events;
  }

  /** Whether all is as it should be now; if not, it is to be called again later. */
  boolean reconcile(String key) {
    return view.observe(key).map(seen -> reconcile(key, seen)).orElse(true);
  }

  private boolean reconcile(String key, Observed seen) {
    Decision decision = Decide.on(seen);
    boolean succeeded = true;
    try {
      applier.apply(seen, decision);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        // Somebody wrote meanwhile; the watch brings it, and the next look is at what is there then.
        return false;
      }
      LOG.log(System.Logger.Level.WARNING, "{0}: {1}", key, e.getMessage());
      events.record(seen.podAutoscaler(), new Notice(true, "WriteFailed", reason(e)));
      succeeded = false;
    }
    decision.notices().forEach(notice -> events.record(seen.podAutoscaler(), notice));
    return succeeded;
  }

  /** What the API server said, without the address and the body that the client puts around it. */
  private static String reason(KubernetesClientException e) {
    return e.getStatus() == null || e.getStatus().getMessage() == null ? String.valueOf(e.getMessage())
        : e.getStatus().getMessage();
  }
}

package dev.ebb.keda.loop;

import dev.ebb.keda.decide.Notice;
import dev.ebb.keda.decide.Serving;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** Tells people, once each, what about Serving does not suit: in the log, and by an event on its ConfigMap. */
final class ServingWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ServingWatch.class.getName());

  private final EventRecorder events;
  /** Watches call from threads that must not wait for an answer of the API server. */
  private final ExecutorService thread = Executors.newSingleThreadExecutor(
      Thread.ofPlatform().daemon().name("serving").factory());
  private final Set<Notice> logged = new HashSet<>();
  private final Set<Notice> recorded = new HashSet<>();

  ServingWatch(EventRecorder events) {
    this.events = events;
  }

  /**
   * Tells what was not told yet. What is mended and comes back is told again.
   *
   * @param leading whether this replica writes; all log
   */
  void tell(ServingView view, boolean leading) {
    try {
      thread.execute(() -> tellNow(view, leading));
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "Serving changed while the reconciler ends");
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }

  private void tellNow(ServingView view, boolean leading) {
    Set<Notice> now = new HashSet<>();
    for (Serving.Concern concern : view.serving().concerns()) {
      Notice notice = concern.notice();
      now.add(notice);
      if (logged.add(notice)) {
        LOG.log(notice.warning() ? System.Logger.Level.WARNING : System.Logger.Level.INFO, notice.message());
      }
      if (leading && recorded.add(notice)) {
        view.configMap(concern.configMap()).forEach(map -> events.record(map, notice));
      }
    }
    logged.retainAll(now);
    recorded.retainAll(now);
  }
}

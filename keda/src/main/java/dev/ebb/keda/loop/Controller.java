package dev.ebb.keda.loop;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;

/** One replica of the reconciler: it watches always and writes while it leads. */
public final class Controller implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Controller.class.getName());

  private final WorkQueue queue = new WorkQueue();
  private final ClusterView view;
  private final ServingView serving;
  private final ServingWatch servingWatch;
  private final Workers workers;
  private final Leadership leadership;
  private volatile boolean leading;

  /** Prepares a replica; the client is the caller's to close. */
  public Controller(KubernetesClient client, Options options, Clock clock) {
    serving = new ServingView(client, options.servingNamespace(), this::servingChanged);
    view = new ClusterView(client, options.namespace(), clock, serving::serving, queue::add);
    EventRecorder events = new EventRecorder(client, options.identity(), clock);
    servingWatch = new ServingWatch(events);
    Reconciler reconciler = new Reconciler(view, new Applier(client), events);
    workers = new Workers(queue, options.workers(), reconciler::reconcile);
    leadership = new Leadership(client, options, this::lead, this::rest);
  }

  /**
   * Begins to watch, then stands for leadership.
   *
   * @throws IllegalStateException where a kind cannot be watched
   */
  public void start() {
    view.start();
    serving.start();
    servingWatch.tell(serving, false);
    leadership.start();
  }

  /** Whether this replica is the one that writes. */
  public boolean leading() {
    return leading;
  }

  /** Whether all watches are at work. */
  public boolean healthy() {
    return view.running();
  }

  /** Finishes what is under way, gives the lease back and stops watching. */
  @Override
  public void close() {
    workers.stop();
    leadership.close();
    view.close();
    serving.close();
    servingWatch.close();
  }

  private void lead() {
    LOG.log(System.Logger.Level.INFO, "leading");
    leading = true;
    // What changed while another replica led is in the queue already: watches fill it all the time.
    workers.start();
    servingWatch.tell(serving, true);
  }

  private void servingChanged() {
    view.changedAll();
    servingWatch.tell(serving, leading);
  }

  private void rest() {
    leading = false;
    workers.stop();
  }
}

package dev.ebb.it.cluster.harness;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Watches which functions of a namespace have quota, change by change, in the order of the API server. Thread-safe. */
public final class QuotaWatch implements AutoCloseable {
  private final Map<String, String> holders = new HashMap<>();
  private final Set<String> ever = new HashSet<>();
  private final List<String> history = new ArrayList<>();
  private final Watch watch;
  private int most;
  private boolean broken;

  /** Begins with the pods that are there. */
  public QuotaWatch(String namespace) {
    watch = Cluster.kube().pods().inNamespace(namespace).withLabel("ebb.dev/phase").watch(new Each());
  }

  /** Models and phases that had quota at any time: {@code model/phase}. */
  public synchronized Set<String> ever() {
    return Set.copyOf(ever);
  }

  /** The most pods that had quota at once. */
  public synchronized int most() {
    return most;
  }

  /** What changed, and who had quota then. Fails where the watch did not last. */
  public synchronized List<String> history() {
    if (broken) {
      throw new AssertionError("the watch ended early: " + history);
    }
    return List.copyOf(history);
  }

  /** The states in which a prefill had quota and no decode of its model had. */
  public List<String> prefillsWithoutDecode() {
    return history().stream().filter(QuotaWatch::unpaired).toList();
  }

  @Override
  public void close() {
    watch.close();
  }

  private static boolean unpaired(String state) {
    List<String> held = List.of(state.split(" "));
    return held.stream().filter(one -> one.endsWith("/prefill"))
        .anyMatch(one -> !held.contains(one.replace("/prefill", "/decode")));
  }

  private synchronized void seen(Watcher.Action action, Pod pod) {
    String name = pod.getMetadata().getName();
    Map<String, String> labels = pod.getMetadata().getLabels();
    boolean holds = action != Watcher.Action.DELETED && pod.getMetadata().getDeletionTimestamp() == null
        && pod.getSpec().getSchedulingGates().isEmpty();
    String function = labels.get("ebb.dev/model") + "/" + labels.get("ebb.dev/phase");
    boolean changed = holds ? holders.put(name, function) == null : holders.remove(name) != null;
    if (changed) {
      history.add(String.join(" ", holders.values().stream().sorted().toList()));
      most = Math.max(most, holders.size());
      ever.addAll(holders.values());
    }
  }

  private final class Each implements Watcher<Pod> {
    @Override
    public void eventReceived(Action action, Pod pod) {
      if (action != Action.BOOKMARK && action != Action.ERROR) {
        seen(action, pod);
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      synchronized (QuotaWatch.this) {
        broken = true;
      }
    }
  }
}

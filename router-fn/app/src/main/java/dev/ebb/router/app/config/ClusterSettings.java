package dev.ebb.router.app.config;

import java.net.URI;
import java.util.Optional;

/**
 * Settings of a router on a cluster; named as in {@link RouterSettings}.
 *
 * @param queue LocalQueue that the functions' pods wait in (EBB_QUEUE); empty: they need no quota
 * @param clusterQueue ClusterQueue that it leads to (EBB_CLUSTER_QUEUE)
 * @param gpuResource resource that counts GPUs (EBB_GPU_RESOURCE)
 * @param decodeGpus GPUs of one decode (EBB_DECODE_GPUS)
 * @param prefillGpus GPUs of one prefill (EBB_PREFILL_GPUS)
 * @param whenWaiting what happens to a request while decode waits for quota (EBB_WHEN_WAITING)
 * @param degradeModel the model that answers meanwhile (EBB_DEGRADE_MODEL)
 * @param degradeUrl that model's router (EBB_DEGRADE_URL)
 * @param decodeDrainMs how long a decode that Kueue preempts may go on answering (EBB_DECODE_DRAIN_SECONDS)
 * @param prefillDrainMs how long a prefill (EBB_PREFILL_DRAIN_SECONDS)
 */
public record ClusterSettings(Optional<String> queue, String clusterQueue, String gpuResource, int decodeGpus,
    int prefillGpus, WhenWaiting whenWaiting, Optional<String> degradeModel, Optional<URI> degradeUrl,
    long decodeDrainMs, long prefillDrainMs) {
  private static final int GPUS_MAX = 1024;
  /** Knative's queue-proxy keeps a pod that long anyhow. */
  private static final long DRAIN_SECONDS = 30;

  /** What happens to a request whose decode waits for quota. */
  public enum WhenWaiting {
    /** It waits, and is told its place where it is streamed. */
    WAIT,
    /** Another model answers it, where one can. */
    DEGRADE,
    /** It is refused, with the place in the error. */
    REFUSE
  }

  static ClusterSettings from(SettingReader read) {
    ClusterSettings settings = new ClusterSettings(
        read.optional("ebb.queue"),
        read.text("ebb.cluster.queue", ""),
        read.text("ebb.gpu.resource", "nvidia.com/gpu"),
        (int) read.number("ebb.decode.gpus", 0, 0, GPUS_MAX),
        (int) read.number("ebb.prefill.gpus", 0, 0, GPUS_MAX),
        whenWaiting(read.text("ebb.when.waiting", "wait")),
        read.optional("ebb.degrade.model"),
        read.url("ebb.degrade.url"),
        drainMs(read, "ebb.decode.drain.seconds"),
        drainMs(read, "ebb.prefill.drain.seconds"));
    settings.check();
    return settings;
  }

  /** Where no cluster is: nothing waits for quota. */
  public static ClusterSettings none() {
    return new ClusterSettings(Optional.empty(), "", "nvidia.com/gpu", 0, 0, WhenWaiting.WAIT, Optional.empty(),
        Optional.empty(), DRAIN_SECONDS * 1000, DRAIN_SECONDS * 1000);
  }

  private static long drainMs(SettingReader read, String name) {
    return read.number(name, DRAIN_SECONDS, 0, 86_400) * 1000;
  }

  private static WhenWaiting whenWaiting(String name) {
    return switch (name) {
      case "wait" -> WhenWaiting.WAIT;
      case "degrade" -> WhenWaiting.DEGRADE;
      case "refuse" -> WhenWaiting.REFUSE;
      default -> throw new SettingsException("EBB_WHEN_WAITING must be wait, degrade or refuse, got " + name);
    };
  }

  private void check() {
    if (whenWaiting == WhenWaiting.DEGRADE && (degradeModel.isEmpty() || degradeUrl.isEmpty())) {
      throw new SettingsException("EBB_DEGRADE_MODEL and EBB_DEGRADE_URL must name the other model and its router when "
          + "EBB_WHEN_WAITING=degrade");
    }
    if (queue.isPresent() && clusterQueue.isEmpty()) {
      throw new SettingsException("EBB_CLUSTER_QUEUE must name the ClusterQueue that EBB_QUEUE leads to");
    }
  }
}

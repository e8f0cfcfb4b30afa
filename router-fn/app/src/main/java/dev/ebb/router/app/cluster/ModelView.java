package dev.ebb.router.app.cluster;

import dev.ebb.kueue.KueueNames;
import dev.ebb.kueue.admission.Admission;
import dev.ebb.kueue.admission.AdmissionState;
import dev.ebb.kueue.quota.Amounts;
import dev.ebb.kueue.quota.BlindSpot;
import dev.ebb.kueue.quota.QuotaView;
import dev.ebb.kueue.quota.ResourceTotal;
import dev.ebb.router.app.cluster.PairingGate.Verdict;
import dev.ebb.router.app.config.ClusterSettings;
import dev.ebb.router.function.Phase;
import dev.ebb.router.quota.QuotaWait;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What the watches say about one model: which phases take work, which wait for quota, and what prefill may do. */
final class ModelView {
  private final ClusterSettings settings;
  private final String slug;
  private final PodBook pods;
  private final Function<String, Optional<Admission>> admissions;
  private final Function<String, Optional<QuotaView>> quotas;

  /**
   * A view through watches that somebody else keeps.
   *
   * @param admissions where a pod stands, by its uid
   * @param quotas what a ClusterQueue has, by its name
   */
  ModelView(ClusterSettings settings, String modelId, PodBook pods,
      Function<String, Optional<Admission>> admissions, Function<String, Optional<QuotaView>> quotas) {
    this.settings = settings;
    slug = PodFacts.slug(modelId);
    this.pods = pods;
    this.admissions = admissions;
    this.quotas = quotas;
  }

  boolean sees() {
    return pods.sees();
  }

  boolean ready(Phase phase) {
    return pods.pods(slug, phase).stream().anyMatch(PodFacts::ready);
  }

  /** The best place of the phase's pods; empty where one of them is ready or has quota, or none waits. */
  Optional<QuotaWait> waiting(Phase phase) {
    if (settings.queue().isEmpty() || !sees() || ready(phase)) {
      return Optional.empty();
    }
    List<Admission> known = pods.pods(slug, phase).stream()
        .flatMap(pod -> admissions.apply(pod.getMetadata().getUid()).stream()).toList();
    if (known.stream().anyMatch(ModelView::admitted)) {
      return Optional.empty();
    }
    return known.stream().filter(ModelView::waits)
        .map(admission -> Shortage.wait(admission, settings.queue().orElseThrow()))
        .min(Comparator.comparingInt(wait -> wait.position() == 0 ? Integer.MAX_VALUE : wait.position()));
  }

  /** Whether the other model's decode is awake, or has quota and will be. */
  boolean otherServes() {
    return sees() && settings.degradeModel().map(PodFacts::slug)
        .map(other -> pods.pods(other, Phase.DECODE).stream().anyMatch(pod -> PodFacts.ready(pod)
            || (!PodFacts.taken(pod) && admissions.apply(pod.getMetadata().getUid())
                .map(ModelView::admitted).orElse(false))))
        .orElse(false);
  }

  /** Pods on their way out whose quota Kueue has promised to others. Those that ended before bear no mark of it. */
  List<Pod> evicted() {
    return pods.pods().stream().filter(PodFacts::taken)
        .filter(pod -> admissions.apply(pod.getMetadata().getUid())
            .map(admission -> admission.state() == AdmissionState.EVICTED).orElse(false)).toList();
  }

  /** What prefill may do: anything where there is no quota. Empty where quota is not known just now. */
  Optional<Verdict> pairing(long epochMs) {
    if (settings.queue().isEmpty()) {
      return Optional.of(Verdict.OPEN);
    }
    Optional<QuotaView> queue = sees() ? quotas.apply(settings.clusterQueue()) : Optional.empty();
    return queue.map(view -> view.total(settings.gpuResource())
        .map(total -> decide(total, view.unseen().contains(BlindSpot.PREEMPTION), epochMs)).orElse(Verdict.OPEN));
  }

  private Verdict decide(ResourceTotal total, boolean preempts, long epochMs) {
    return new PairingGate(slug, settings.decodeGpus(), settings.prefillGpus()).decide(
        Amounts.of(total.left()).intValue(), Amounts.of(total.most()).intValue(), preempts, seats(), epochMs);
  }

  private List<Seat> seats() {
    return pods.pods().stream()
        .filter(pod -> !PodFacts.taken(pod))
        .filter(pod -> settings.queue().orElse("").equals(PodFacts.label(pod, KueueNames.QUEUE_NAME_LABEL)))
        .flatMap(pod -> seat(pod).stream()).toList();
  }

  private Optional<Seat> seat(Pod pod) {
    String phase = PodFacts.label(pod, PodFacts.PHASE_LABEL);
    return List.of(Phase.values()).stream().filter(one -> one.label().equals(phase)).findFirst()
        .map(one -> new Seat(PodFacts.label(pod, PodFacts.MODEL_LABEL), one,
            admissions.apply(pod.getMetadata().getUid()).map(ModelView::admitted).orElse(false),
            PodFacts.devices(pod, settings.gpuResource()), PodFacts.createdMs(pod)));
  }

  private static boolean admitted(Admission admission) {
    return admission.holdsQuota()
        && (admission.state() == AdmissionState.ADMITTED || admission.state() == AdmissionState.RESERVED);
  }

  private static boolean waits(Admission admission) {
    return admission.state() == AdmissionState.WAITING || admission.state() == AdmissionState.EVICTED;
  }
}

package dev.ebb.router.app.cluster;

import dev.ebb.router.app.cluster.PairingGate.Verdict;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.platform.Endpoint;
import dev.ebb.router.app.platform.Loss;
import dev.ebb.router.app.platform.Platform;
import dev.ebb.router.demand.Demand;
import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.Phase;
import dev.ebb.router.quota.QuotaWait;
import dev.ebb.router.retry.RetryPolicy;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Functions as services of a Kubernetes cluster. Their scaler starts and stops them by the demand that the router
 * shows; this class learns when they are ready, why they are not, and keeps prefill from taking what decode needs.
 */
public final class ClusterPlatform implements Platform {
  private static final Logger LOG = Logger.getLogger(ClusterPlatform.class);
  private static final long TURN_MS = 250;
  private static final long VERDICT_KEPT_MS = 60_000;

  private final KubernetesClient client;
  private final String model;
  private final String slug;
  private final Demand demand;
  private final PodBook pods;
  private final Optional<QuotaWatch> quotas;
  private final ModelView view;
  private final Map<Phase, Long> drainMs;
  private final Map<Phase, ClusterFunction> functions = new EnumMap<>(Phase.class);
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
      Thread.ofPlatform().daemon().name("cluster").factory());
  private final LongSupplier clockMs;
  private volatile Verdict pairing = Verdict.OPEN;
  private long judgedMs;

  ClusterPlatform(KubernetesClient client, RouterSettings settings, Demand demand, LongSupplier clockMs) {
    this.client = client;
    this.demand = demand;
    this.clockMs = clockMs;
    judgedMs = clockMs.getAsLong();
    model = settings.modelId();
    slug = PodFacts.slug(model);
    drainMs = Map.of(Phase.DECODE, settings.cluster().decodeDrainMs(), Phase.PREFILL,
        settings.cluster().prefillDrainMs());
    String namespace = Optional.ofNullable(client.getNamespace()).orElse("default");
    pods = new PodBook(client, namespace, clockMs, this::stir);
    quotas = settings.cluster().queue().map(queue -> new QuotaWatch(client, namespace, this::stir));
    view = new ModelView(settings.cluster(), model, pods,
        uid -> quotas.flatMap(watch -> watch.admission(uid)), name -> quotas.flatMap(watch -> watch.quota(name)));
    add(Phase.PREFILL, settings.prefillUrl().orElseThrow(), settings, clockMs);
    add(Phase.DECODE, settings.decodeUrl().orElseThrow(), settings, clockMs);
    pods.start();
    thread.scheduleWithFixedDelay(this::turn, 0, TURN_MS, TimeUnit.MILLISECONDS);
  }

  /** Begins to watch as the pod's service account, or by the usual configuration where there is none. */
  public static Platform open(RouterSettings settings, Demand demand, LongSupplier clockMs) {
    if (Files.exists(Path.of(Config.KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH))) {
      // In a pod no kubeconfig that happens to lie in an image may take the account's place.
      System.setProperty(Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY, "false");
    }
    KubernetesClient client = new KubernetesClientBuilder().build();
    LOG.infof("functions run on the cluster at %s, namespace %s", client.getMasterUrl(), client.getNamespace());
    return new ClusterPlatform(client, settings, demand, clockMs);
  }

  private void add(Phase phase, URI url, RouterSettings settings, LongSupplier clockMs) {
    functions.put(phase, new ClusterFunction(phase, Endpoint.of(url), settings.parkedMax(),
        settings.startTimeoutMs(), new PhaseSight(phase), clockMs));
  }

  @Override
  public CompletableFuture<Endpoint> ready(Phase phase) {
    return functions.get(phase).ready();
  }

  @Override
  public void suspect(Phase phase, Endpoint endpoint) {
    functions.get(phase).suspect();
  }

  @Override
  public void wake(Phase phase) {
    // The scaler listens to demand itself.
  }

  @Override
  public FunctionState state(Phase phase) {
    return functions.get(phase).state();
  }

  @Override
  public int parked(Phase phase) {
    return functions.get(phase).parked();
  }

  @Override
  public long starts(Phase phase) {
    return pods.starts(slug, phase);
  }

  @Override
  public long crashes(Phase phase) {
    return pods.crashes(slug, phase);
  }

  @Override
  public RetryPolicy retries() {
    return RetryPolicy.patient();
  }

  @Override
  public Optional<QuotaWait> waiting(Phase phase) {
    return view.waiting(phase);
  }

  @Override
  public boolean decodeAlone() {
    return pairing.alone();
  }

  @Override
  public boolean canDegrade() {
    return view.otherServes();
  }

  @Override
  public Loss loss(Phase phase, String instance, long sinceMs) {
    return pods.loss(slug, phase, instance, sinceMs);
  }

  @Override
  public boolean watchesCalls() {
    return true;
  }

  @Override
  public boolean overdue(Phase phase, String instance, long sinceMs) {
    return pods.overdue(slug, phase, instance, sinceMs, drainMs.get(phase)) || pods.gone(slug, phase, instance);
  }

  @Override
  public void close() {
    thread.shutdownNow();
    functions.values().forEach(ClusterFunction::close);
    quotas.ifPresent(QuotaWatch::close);
    pods.close();
    client.close();
  }

  private void stir() {
    try {
      thread.execute(this::turn);
    } catch (RejectedExecutionException e) {
      LOG.debug("a change came while the router ends");
    }
  }

  private void turn() {
    try {
      view.evicted().forEach(pods::preempted);
      Verdict now = verdict();
      if (!now.equals(pairing)) {
        LOG.infof("%s: prefill %s%s", model, now.alone() ? "is left out, decode serves alone"
            : now.withheld() ? "is held back" : "may run", now.why().isEmpty() ? "" : " (" + now.why() + ")");
      }
      pairing = now;
      demand.withhold(model, Phase.PREFILL, now.withheld());
      functions.values().forEach(ClusterFunction::turnNow);
    } catch (RuntimeException e) {
      LOG.errorf(e, "the cluster could not be looked at");
    }
  }

  /** For a while the last one where nothing can be seen: an API server that is away takes no quota either. */
  private Verdict verdict() {
    Optional<Verdict> seen = view.pairing(System.currentTimeMillis());
    if (seen.isPresent()) {
      judgedMs = clockMs.getAsLong();
    }
    return seen.orElseGet(() -> clockMs.getAsLong() - judgedMs < VERDICT_KEPT_MS ? pairing : Verdict.OPEN);
  }

  private final class PhaseSight implements ClusterFunction.Sight {
    private final Phase phase;

    PhaseSight(Phase phase) {
      this.phase = phase;
    }

    @Override
    public boolean sees() {
      return view.sees();
    }

    @Override
    public boolean ready() {
      return view.ready(phase);
    }

    @Override
    public boolean waitsForQuota() {
      return view.waiting(phase).isPresent() || withheld();
    }

    @Override
    public boolean withheld() {
      return phase == Phase.PREFILL && pairing.withheld();
    }

    @Override
    public boolean leftOut() {
      return phase == Phase.PREFILL && pairing.alone();
    }
  }
}

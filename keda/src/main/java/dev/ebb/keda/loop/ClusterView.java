package dev.ebb.keda.loop;

import dev.ebb.keda.decide.Observed;
import dev.ebb.keda.decide.RoutingState;
import dev.ebb.keda.decide.Serving;
import dev.ebb.keda.resource.ScaledObject;
import dev.ebb.keda.setting.Annotations;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import io.fabric8.knative.serving.v1.Revision;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the API server holds of the kinds that matter, kept by watches, and who to tell of a change. */
final class ClusterView implements AutoCloseable {
  private static final String REVISION_LABEL = "serving.knative.dev/revision";
  private static final String CONFIGURATION_LABEL = "serving.knative.dev/configuration";
  private static final String GENERATION_LABEL = "serving.knative.dev/configurationGeneration";
  /** A look at everything now and then, should an event ever be lost. */
  private static final Duration RESYNC = Duration.ofMinutes(10);
  private static final long SYNC_LIMIT_S = 60;

  private final Clock clock;
  private final Supplier<Serving> serving;
  private final Consumer<String> changed;
  private final SharedIndexInformer<PodAutoscaler> podAutoscalers;
  private final SharedIndexInformer<ServerlessService> services;
  private final SharedIndexInformer<Deployment> deployments;
  private final SharedIndexInformer<Revision> revisions;
  private final SharedIndexInformer<ScaledObject> scaledObjects;

  /**
   * Prepares the watches; {@link #start} begins.
   *
   * @param namespace to look at, empty for all
   * @param serving what is known of Knative Serving
   * @param changed is told the key, {@code namespace/name}, of each PodAutoscaler that may need a look
   */
  ClusterView(KubernetesClient client, String namespace, Clock clock, Supplier<Serving> serving,
      Consumer<String> changed) {
    this.clock = clock;
    this.serving = serving;
    this.changed = changed;
    podAutoscalers = informer(in(namespace, client.resources(PodAutoscaler.class)), ClusterView::key);
    services = informer(in(namespace, client.resources(ServerlessService.class)), ClusterView::key);
    scaledObjects = informer(in(namespace, client.resources(ScaledObject.class)), ClusterView::key,
        new ScaledObjectChange(client.getKubernetesSerialization()));
    revisions = informer(in(namespace, client.resources(Revision.class)), ClusterView::key)
        // Their elders may have to give up their pods.
        .addEventHandler(new Teller<>(revision -> siblings(revision).map(ClusterView::key).forEach(changed),
            (before, revision) -> true));
    deployments = informer(in(namespace, client.resources(Deployment.class)).withLabel(REVISION_LABEL),
        ClusterView::revisionKey);
  }

  /**
   * Begins to watch and waits until all is known.
   *
   * @throws IllegalStateException where a kind is not served or may not be read, naming it
   */
  void start() {
    for (SharedIndexInformer<?> informer : all()) {
      String kind = informer.getApiTypeClass().getSimpleName();
      try {
        informer.start().toCompletableFuture().orTimeout(SYNC_LIMIT_S, TimeUnit.SECONDS).join();
      } catch (CompletionException e) {
        String why = e.getCause() instanceof TimeoutException ? "no answer in " + SYNC_LIMIT_S + " s"
            : String.valueOf(e.getCause().getMessage());
        throw new IllegalStateException("cannot watch " + kind + "s: " + why
            + "; Knative Serving and KEDA must be installed and the service account allowed to list them", e);
      }
    }
  }

  /** Whether every watch is still at work. */
  boolean running() {
    return all().stream().allMatch(informer -> informer.isRunning() && informer.hasSynced());
  }

  /** What is known of a PodAutoscaler; empty where it is gone, going, or not of our class. */
  Optional<Observed> observe(String key) {
    PodAutoscaler pa = podAutoscalers.getStore().getByKey(key);
    if (pa == null || !isOurs(pa) || pa.getMetadata().getDeletionTimestamp() != null) {
      return Optional.empty();
    }
    String namespace = pa.getMetadata().getNamespace();
    String deployment = namespace + "/" + pa.getSpec().getScaleTargetRef().getName();
    return Optional.of(new Observed(pa, cached(services, key), cached(deployments, deployment),
        cached(scaledObjects, key), routing(key), superseded(key),
        serving.get(), clock.instant()));
  }

  /** Has everything looked at again. */
  void changedAll() {
    podAutoscalers.getStore().listKeys().forEach(changed);
  }

  @Override
  public void close() {
    all().forEach(SharedIndexInformer::stop);
  }

  private List<SharedIndexInformer<?>> all() {
    return List.of(revisions, deployments, services, scaledObjects, podAutoscalers);
  }

  private RoutingState routing(String key) {
    return cached(revisions, key).map(revision -> RoutingState.of(revision.getMetadata()))
        .orElse(RoutingState.UNKNOWN);
  }

  /** Whether the revision's Configuration has a later one. */
  private boolean superseded(String key) {
    return cached(revisions, key).filter(own -> siblings(own).anyMatch(one -> generation(one) > generation(own)))
        .isPresent();
  }

  private Stream<Revision> siblings(HasMetadata own) {
    String configuration = label(own, CONFIGURATION_LABEL);
    return revisions.getStore().list().stream()
        .filter(one -> one.getMetadata().getNamespace().equals(own.getMetadata().getNamespace()))
        .filter(one -> !configuration.isEmpty() && configuration.equals(label(one, CONFIGURATION_LABEL)));
  }

  /** The Configuration's generation that the revision was made of; 0 where it does not say. */
  private static long generation(Revision revision) {
    String text = label(revision, GENERATION_LABEL);
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  private static String label(HasMetadata object, String name) {
    Map<String, String> labels = object.getMetadata().getLabels();
    return labels == null ? "" : labels.getOrDefault(name, "");
  }

  private static <T> Optional<T> cached(SharedIndexInformer<T> informer, String key) {
    return Optional.ofNullable(informer.getStore().getByKey(key));
  }

  private static boolean isOurs(PodAutoscaler pa) {
    Map<String, String> annotations = pa.getMetadata().getAnnotations();
    return annotations != null && Annotations.CLASS_NAME.equals(annotations.get(Annotations.CLASS));
  }

  private static String key(HasMetadata object) {
    return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
  }

  /** Serving labels a revision's Deployment with the revision, which is the PodAutoscaler's name too. */
  private static String revisionKey(HasMetadata object) {
    ObjectMeta metadata = object.getMetadata();
    Map<String, String> labels = metadata.getLabels() == null ? Map.of() : metadata.getLabels();
    return metadata.getNamespace() + "/" + labels.getOrDefault(REVISION_LABEL, metadata.getName());
  }

  private static <T> FilterWatchListDeletable<T, ?, ?> in(String namespace, MixedOperation<T, ?, ?> operation) {
    return namespace.isEmpty() ? operation.inAnyNamespace() : operation.inNamespace(namespace);
  }

  private <T extends HasMetadata> SharedIndexInformer<T> informer(FilterWatchListDeletable<T, ?, ?> filter,
      Function<HasMetadata, String> keyOf) {
    return informer(filter, keyOf, (before, object) -> true);
  }

  private <T extends HasMetadata> SharedIndexInformer<T> informer(FilterWatchListDeletable<T, ?, ?> filter,
      Function<HasMetadata, String> keyOf, BiPredicate<T, T> matters) {
    return filter.runnableInformer(RESYNC.toMillis())
        .addEventHandler(new Teller<>(object -> changed.accept(keyOf.apply(object)), matters));
  }

  /** Passes on whose change it was, where the change matters. */
  private record Teller<T extends HasMetadata>(Consumer<HasMetadata> tell, BiPredicate<T, T> matters)
      implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T object) {
      tell.accept(object);
    }

    @Override
    public void onUpdate(T before, T object) {
      if (matters.test(before, object)) {
        tell.accept(object);
      }
    }

    @Override
    public void onDelete(T object, boolean finalStateUnknown) {
      tell.accept(object);
    }
  }
}

package dev.ebb.knative.deploy;

import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.cluster.ClusterException;
import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.render.Manifest;
import dev.ebb.knative.render.Rendering;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Brings a cluster to what an {@code ebb.yaml} says; can be repeated after any failure. */
public final class Deploy {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration GONE = Duration.ofMinutes(2);

  private final Api api;
  private final EbbYaml yaml;
  private final Options options;
  private final Consumer<String> tell;
  private final Applier applier;
  private final Patience patience;
  private final FormerServices formerServices;
  private final Instant began = Instant.now();
  /** Pulls whose claims are gone. */
  private final List<ObjectName> stale = new ArrayList<>();
  /** Pulls that went before the rest. */
  private final List<ObjectName> awaited = new ArrayList<>();

  /**
   * How.
   *
   * @param limit how long all may take until it is ready; empty where nothing is waited for
   */
  public record Options(boolean dryRun, boolean autoscaler, Optional<Duration> limit) {}

  public Deploy(Api api, EbbYaml yaml, Options options, Consumer<String> tell) {
    this.api = api;
    this.yaml = yaml;
    this.options = options;
    this.tell = tell;
    applier = new Applier(api, options.dryRun());
    patience = new Patience(PATIENCE, PAUSE, tell);
    formerServices = new FormerServices(api, GONE);
  }

  /**
   * Applies everything and takes away what an earlier deploy left. Where it may wait, models are pulled before what
   * reads them is applied, which would crash meanwhile and be held to have failed.
   *
   * @return pulls that failed or were not done in time, each with its last words; then nothing behind them was applied
   * @throws ClusterException naming what was applied and what was not
   */
  public Map<String, String> apply() throws InterruptedException {
    List<GenericKubernetesResource> objects = objects();
    List<ObjectName> names = objects.stream().map(ObjectName::of).toList();
    List<ObjectName> former = formerServices.inTheWay(yaml.name(), names);
    stale.addAll(Pulls.stale(api, objects));
    if (!options.dryRun() && options.limit().isPresent()) {
      awaited.addAll(Pulls.missing(api, objects));
    }
    int behindPulls = awaited.isEmpty() ? 0 : names.lastIndexOf(awaited.getLast()) + 1;
    applyAll(objects, 0, behindPulls, former);
    if (!awaited.isEmpty()) {
      Map<ObjectName, String> missing =
          new Waiting(api, began, pod -> Optional.empty(), tell).until(awaited, options.limit().get());
      if (!missing.isEmpty()) {
        return words(missing);
      }
    }
    removeFormer(former);
    applyAll(objects, behindPulls, objects.size(), former);
    prune(objects, former);
    return Map.of();
  }

  private List<GenericKubernetesResource> objects() {
    List<GenericKubernetesResource> objects = new ArrayList<>();
    if (options.autoscaler() && !needsNoAutoscaler() && !Autoscaler.isThere(api)) {
      objects.addAll(Autoscaler.objects(api, yaml));
    }
    Rendering.of(yaml).stream().map(Manifest::text).map(api::parse).forEach(objects::add);
    objects.stream().filter(object -> object.getKind().equals(ObjectName.NAMESPACE.kind())).forEach(one ->
        Home.mark(one, api.find(ObjectName.NAMESPACE, "", one.getMetadata().getName())));
    return objects;
  }

  /** Waits until routers, functions and pulls were ready once; what was not, each with its last words. */
  public Map<String, String> await() throws InterruptedException {
    List<ObjectName> followed = new ArrayList<>(names().stream().filter(Waiting::isFollowed)
        .filter(name -> !awaited.contains(name)).toList());
    if (!needsNoAutoscaler() && Autoscaler.isThere(api)) {
      followed.addFirst(new ObjectName(ObjectName.DEPLOYMENT, Autoscaler.NAMESPACE, Autoscaler.NAME));
    }
    try (QueueWatch queue = yaml.quotas().isPresent()
        ? QueueWatch.start(api.client(), yaml.namespace(), tell) : QueueWatch.none()) {
      return words(new Waiting(api, began, queue::place, tell).until(followed, options.limit().orElse(Duration.ZERO)));
    }
  }

  private static Map<String, String> words(Map<ObjectName, String> failed) {
    return failed.entrySet().stream()
        .collect(Collectors.toMap(entry -> entry.getKey().toString(), Map.Entry::getValue));
  }

  /** How to reach each model's router, a line or two each. */
  public List<String> addresses() {
    List<String> lines = new ArrayList<>();
    for (ModelSpec model : yaml.models()) {
      String router = model.slug() + "-router";
      lines.add(model.id() + ": http://" + router + "." + yaml.namespace() + ".svc in the cluster"
          + yaml.router().host().map(host -> ", http://" + outside(model, host) + " from outside").orElse(""));
      lines.add("  from here: kubectl -n " + yaml.namespace() + " port-forward service/" + router + " 8080:80, then "
          + "curl http://127.0.0.1:8080/v1/models");
    }
    return lines;
  }

  private String outside(ModelSpec model, String host) {
    return yaml.models().size() == 1 ? host : model.slug() + "." + host;
  }

  private boolean needsNoAutoscaler() {
    return names().stream().noneMatch(name -> name.kind().equals(ObjectName.KNATIVE_SERVICE));
  }

  private List<ObjectName> names() {
    return Rendering.of(yaml).stream().map(manifest -> new ObjectName(manifest.objectKind(),
        manifest.objectKind().clusterWide() ? "" : yaml.namespace(), manifest.name())).toList();
  }

  private void removeFormer(List<ObjectName> former) throws InterruptedException {
    for (ObjectName service : former) {
      if (!options.dryRun()) {
        formerServices.remove(service);
      }
      tell.accept(String.format("%-10s  %s, since a Service of Kubernetes is to have its name",
          options.dryRun() ? "would be removed" : "removed", service));
    }
  }

  private void applyAll(List<GenericKubernetesResource> objects, int from, int to, List<ObjectName> former) {
    Set<String> untried = new HashSet<>();
    for (int i = from; i < to; i++) {
      ObjectName name = ObjectName.of(objects.get(i));
      if (options.dryRun() && untried.contains(name.namespace())) {
        tell.accept("not tried   " + name + ": its namespace is not there yet");
        continue;
      }
      if (options.dryRun() && FormerServices.waits(name, former)) {
        tell.accept("not tried   " + name + ": Knative has one of its name until its own service is removed");
        continue;
      }
      Applied applied = apply(objects, i);
      if (name.kind().equals(ObjectName.NAMESPACE) && applied == Applied.CREATED) {
        untried.add(name.name());
      }
      tell.accept(String.format("%-10s  %s%s", (options.dryRun() ? "would be " : "") + applied, name,
          applied != Applied.RUN_ANEW ? "" : stale.contains(name) ? ", whose claim was gone" : ", which had failed"));
    }
  }

  private Applied apply(List<GenericKubernetesResource> objects, int index) {
    GenericKubernetesResource object = objects.get(index);
    try {
      return patience.ask(ObjectName.of(object), () -> applier.apply(object, stale.contains(ObjectName.of(object))));
    } catch (KubernetesClientException e) {
      String what = options.dryRun() ? "nothing was applied, it was a dry run" : halfWay(objects, index);
      throw new ClusterException(Refusal.sentence(ObjectName.of(object), e) + "\n" + what, e);
    }
  }

  private static String halfWay(List<GenericKubernetesResource> objects, int index) {
    String left = objects.subList(index, objects.size()).stream().map(ObjectName::of).map(ObjectName::toString)
        .collect(Collectors.joining(", "));
    return index + " of " + objects.size() + " objects were applied; not applied: " + left
        + ".\nWhen that is mended, run the same command again";
  }

  private void prune(List<GenericKubernetesResource> rendered, List<ObjectName> former) {
    Set<ObjectName> names = rendered.stream().map(ObjectName::of).collect(Collectors.toSet());
    Inventory inventory = new Inventory(api);
    List<Leftovers.Labelled> there = inventory.labelled(yaml.name(), yaml.namespace());
    Leftovers.kept(there, names).forEach(name -> tell.accept("kept        " + name + ", which the file no longer has,"
        + " for the model in it; kubectl -n " + yaml.namespace() + " delete pvc " + name.name() + " removes it"));
    for (ObjectName name : Leftovers.of(there, names).stream().filter(one -> !former.contains(one)).toList()) {
      if (!options.dryRun()) {
        inventory.delete(name);
      }
      tell.accept(String.format("%-10s  %s, which the file no longer has",
          options.dryRun() ? "would be removed" : "removed", name));
    }
  }
}

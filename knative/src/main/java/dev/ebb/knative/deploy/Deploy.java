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

  private final Api api;
  private final EbbYaml yaml;
  private final Options options;
  private final Consumer<String> tell;
  private final Applier applier;
  private final Patience patience;

  /** How. */
  public record Options(boolean dryRun, boolean autoscaler) {}

  public Deploy(Api api, EbbYaml yaml, Options options, Consumer<String> tell) {
    this.api = api;
    this.yaml = yaml;
    this.options = options;
    this.tell = tell;
    applier = new Applier(api, options.dryRun());
    patience = new Patience(PATIENCE, PAUSE, tell);
  }

  /**
   * Applies everything and takes away what an earlier deploy left.
   *
   * @throws ClusterException naming what was applied and what was not
   */
  public void apply() {
    List<GenericKubernetesResource> objects = new ArrayList<>();
    if (options.autoscaler() && !needsNoAutoscaler() && !Autoscaler.isThere(api)) {
      objects.addAll(Autoscaler.objects(api, yaml.images()));
    }
    Rendering.of(yaml).stream().map(Manifest::text).map(api::parse).forEach(objects::add);
    Optional<GenericKubernetesResource> home = api.find(ObjectName.NAMESPACE, "", yaml.namespace());
    objects.stream().filter(object -> ObjectName.of(object).equals(homeName())).forEach(one -> Home.mark(one, home));
    applyAll(objects);
    prune(objects);
  }

  /** Waits until routers, functions and pulls were ready once; what was not, each with its last words. */
  public Map<String, String> await(Duration limit) throws InterruptedException {
    List<ObjectName> followed = new ArrayList<>(names().stream().filter(Waiting::isFollowed).toList());
    if (!needsNoAutoscaler() && Autoscaler.isThere(api)) {
      followed.addFirst(new ObjectName(ObjectName.DEPLOYMENT, Autoscaler.NAMESPACE, Autoscaler.NAME));
    }
    try (QueueWatch queue = yaml.quotas().isPresent()
        ? QueueWatch.start(api.client(), yaml.namespace(), tell) : QueueWatch.none()) {
      return new Waiting(api, queue::place, tell).until(followed, limit).entrySet().stream()
          .collect(Collectors.toMap(entry -> entry.getKey().toString(), Map.Entry::getValue));
    }
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

  private ObjectName homeName() {
    return new ObjectName(ObjectName.NAMESPACE, "", yaml.namespace());
  }

  private List<ObjectName> names() {
    return Rendering.of(yaml).stream().map(manifest -> new ObjectName(manifest.objectKind(),
        manifest.objectKind().clusterWide() ? "" : yaml.namespace(), manifest.name())).toList();
  }

  private void applyAll(List<GenericKubernetesResource> objects) {
    Set<String> untried = new HashSet<>();
    for (int i = 0; i < objects.size(); i++) {
      ObjectName name = ObjectName.of(objects.get(i));
      if (options.dryRun() && untried.contains(name.namespace())) {
        tell.accept("not tried   " + name + ": its namespace is not there yet");
        continue;
      }
      Applied applied = apply(objects, i);
      if (name.kind().equals(ObjectName.NAMESPACE) && applied == Applied.CREATED) {
        untried.add(name.name());
      }
      tell.accept(String.format("%-10s  %s%s", (options.dryRun() ? "would be " : "") + applied, name,
          applied == Applied.RUN_ANEW ? ", which had failed" : ""));
    }
  }

  private Applied apply(List<GenericKubernetesResource> objects, int index) {
    GenericKubernetesResource object = objects.get(index);
    try {
      return patience.ask(ObjectName.of(object), () -> applier.apply(object));
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

  private void prune(List<GenericKubernetesResource> rendered) {
    Set<ObjectName> names = rendered.stream().map(ObjectName::of).collect(Collectors.toSet());
    Inventory inventory = new Inventory(api);
    List<Leftovers.Labelled> there = inventory.labelled(yaml.name(), yaml.namespace());
    Leftovers.kept(there, names).forEach(name -> tell.accept("kept        " + name + ", which the file no longer has,"
        + " for the model in it; kubectl -n " + yaml.namespace() + " delete pvc " + name.name() + " removes it"));
    for (ObjectName name : Leftovers.of(there, names)) {
      if (!options.dryRun()) {
        inventory.delete(name);
      }
      tell.accept(String.format("%-10s  %s, which the file no longer has",
          options.dryRun() ? "would be removed" : "removed", name));
    }
  }
}

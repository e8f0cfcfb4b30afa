package dev.ebb.knative.config;

import dev.ebb.knative.word.Nearest;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** What the values of models, tenants and images must be to each other. */
final class ModelRules {
  private static final Set<String> BACKENDS_OF_THE_CPU = Set.of("cpu", "reference");
  /** Element types of keys and values that a backend has, as its provider in the functions says too. */
  private static final Map<String, List<String>> KV_TYPES =
      Map.of("cpu", List.of("f16", "f32"), "reference", List.of("f32", "f16", "i8"), "cuda", List.of("f16", "i8"));

  private final EbbYaml yaml;
  private final Report report;

  ModelRules(EbbYaml yaml, Report report) {
    this.yaml = yaml;
    this.report = report;
  }

  void check() {
    unique("models[%d].id", yaml.models(), ModelSpec::slug, report);
    unique("tenants[%d].name", yaml.tenants(), Tenant::name, report);
    for (int i = 0; i < yaml.models().size(); i++) {
      model("models[" + i + "]", yaml.models().get(i));
    }
    neededImages().stream().filter(part -> !yaml.images().has(part)).forEach(part ->
        report.at("images." + part.key(), "is missing, and so is images.registry or images.tag",
            "add images.registry and images.tag, or this part's whole name"));
  }

  private Set<Images.Part> neededImages() {
    Set<Images.Part> parts = EnumSet.of(Images.Part.ROUTER, Images.Part.DECODE);
    for (ModelSpec model : yaml.models()) {
      model.prefill().ifPresent(prefill -> parts.add(Images.Part.PREFILL));
      if (model.source() instanceof ModelSpec.Hub hub && !hub.reference().isEmpty()) {
        parts.add(Images.Part.CLI);
      }
    }
    if (yaml.broker().flatMap(EbbYaml.Broker::jobs).isPresent()) {
      parts.add(Images.Part.BATCH);
    }
    return parts;
  }

  /** Refuses a name that an earlier item of the list has. */
  static <T> void unique(String path, List<T> items, Function<T, String> name, Report report) {
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < items.size(); i++) {
      Integer earlier = first.putIfAbsent(name.apply(items.get(i)), i);
      if (earlier != null) {
        report.at(path.formatted(i), "has the name of " + path.formatted(earlier) + " ('" + name.apply(items.get(i))
            + "' in Kubernetes)", "give each its own");
      }
    }
  }

  /** Refuses tolerations that the API server would refuse. */
  static void tolerations(String path, List<Toleration> tolerations, Report report) {
    for (int i = 0; i < tolerations.size(); i++) {
      Toleration toleration = tolerations.get(i);
      boolean equal = toleration.operator().equals("Equal");
      if (!equal && toleration.value().isPresent()) {
        report.at(path + "[" + i + "].value", "means nothing to the operator Exists", "add operator: Equal");
      }
      if (equal && toleration.key().isEmpty()) {
        report.at(path + "[" + i + "].key", "is missing, and Equal compares one", "add the taint's key");
      }
    }
  }

  private void model(String path, ModelSpec model) {
    if (model.priority().isPresent() && model.queue().isEmpty()) {
      report.at(path + ".priority", "counts only in a queue", "add queue, or take priority out");
    }
    kvType(path + ".kvType", model);
    if (model.cudaGraphs() && BACKENDS_OF_THE_CPU.contains(model.backend())) {
      report.at(path + ".cudaGraphs", "means nothing to the backend " + model.backend(),
          "write backend: cuda, or take cudaGraphs out");
    }
    whenWaiting(path, model);
    tolerations(path + ".tolerations", model.tolerations(), report);
    model.prefill().ifPresent(prefill -> {
      shared(path + ".prefill");
      phase(path + ".prefill", model, prefill);
    });
    phase(path + ".decode", model, model.decode());
  }

  private void kvType(String path, ModelSpec model) {
    List<String> types = KV_TYPES.getOrDefault(model.backend(), List.of());
    if (model.kvType().isPresent() && !types.isEmpty() && !types.contains(model.kvType().get())) {
      report.at(path, "is " + model.kvType().get() + ", and backend " + model.backend() + " keeps keys and values as "
          + String.join(" or ", types), "write one of these, or take kvType out");
    }
  }

  /** Another model must be there to answer, and quota to be waited for. */
  private void whenWaiting(String path, ModelSpec model) {
    boolean degrades = model.whenWaiting() == ModelSpec.WhenWaiting.DEGRADE;
    if (model.whenWaiting() != ModelSpec.WhenWaiting.WAIT && model.queue().isEmpty()) {
      report.at(path + ".whenWaiting", "counts only in a queue", "add queue, or take whenWaiting out");
    }
    if (degrades && model.degradeTo().isEmpty()) {
      report.at(path + ".degradeTo", "is missing, and whenWaiting is degrade", "add the id of another model");
    }
    if (!degrades && model.degradeTo().isPresent()) {
      report.at(path + ".degradeTo", "means nothing unless whenWaiting is degrade", "add whenWaiting: degrade");
    }
    model.degradeTo().ifPresent(other -> {
      List<String> others = yaml.models().stream().map(ModelSpec::id).filter(id -> !id.equals(model.id())).toList();
      if (other.equals(model.id())) {
        report.at(path + ".degradeTo", "is the model itself", "name another model of this file");
      } else if (!others.contains(other)) {
        report.at(path + ".degradeTo", "names '" + other + "', which is not in models", Nearest.hint(other, others));
      }
    });
  }

  /** Prefill hands over by the arena, so one that decode cannot see would make all its work be done again. */
  private void shared(String path) {
    if (yaml.arena() instanceof EbbYaml.Tmpfs) {
      report.at(path, "cannot hand over: store.arena.tmpfs is each pod's own",
          "use store.arena.hostPath, or take prefill out and let decode compute prompts");
    }
  }

  private void phase(String path, ModelSpec model, PhaseSpec phase) {
    if (phase.min() > phase.max()) {
      report.at(path + ".replicas.min", "is " + phase.min() + ", above max, which is " + phase.max(),
          "lower min or raise max");
    }
    if (phase.gpus().count() == 0 && !BACKENDS_OF_THE_CPU.contains(model.backend())) {
      report.at(path + ".gpus", "asks for no GPU, and backend " + model.backend() + " computes on one",
          "write gpus: {count: 1}, or backend: cpu");
    }
    if (phase.engine().chunkTokens().orElse(0) > phase.engine().tokenBudget()) {
      report.at(path + ".chunkTokens", "is over tokenBudget, which is " + phase.engine().tokenBudget(),
          "lower it or raise tokenBudget");
    }
    if (phase.drainSeconds() > phase.timeoutSeconds()) {
      report.at(path + ".drainSeconds", "is over timeoutSeconds, after which Knative kills the pod",
          "lower it to " + phase.timeoutSeconds() + " or less");
    }
    arenaFits(path, phase);
  }

  private void arenaFits(String path, PhaseSpec phase) {
    Quantity memory = phase.resources().memory();
    if (yaml.arena() instanceof EbbYaml.Tmpfs(Quantity size) && memory.value().signum() > 0
        && size.value().compareTo(memory.value()) >= 0) {
      report.at(path + ".resources.memory", "is " + memory + ", and the arena on tmpfs alone may take " + size,
          "raise it above store.arena.tmpfs, which is counted to it");
    }
  }
}

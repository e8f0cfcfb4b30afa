package dev.ebb.knative.config;

import dev.ebb.knative.word.Nearest;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What quotas must be to each other and to those who stand in their queues. */
final class QuotaRules {
  private static final int LABEL_LETTERS_MAX = 63;

  private final EbbYaml yaml;
  private final QuotaSpec quotas;
  private final Report report;

  QuotaRules(EbbYaml yaml, Report report) {
    this.yaml = yaml;
    this.report = report;
    quotas = yaml.quotas().orElse(new QuotaSpec(List.of(), List.of(), List.of()));
  }

  void check() {
    ModelRules.unique("quotas.flavors[%d].name", quotas.flavors(), QuotaSpec.Flavor::name, report);
    ModelRules.unique("quotas.queues[%d].name", quotas.queues(), QuotaSpec.Queue::name, report);
    ModelRules.unique("quotas.priorities[%d].name", quotas.priorities(), QuotaSpec.Priority::name, report);
    for (int i = 0; i < quotas.priorities().size(); i++) {
      priority("quotas.priorities[" + i + "].name", quotas.priorities().get(i).name());
    }
    for (int i = 0; i < quotas.flavors().size(); i++) {
      ModelRules.tolerations("quotas.flavors[" + i + "].tolerations", quotas.flavors().get(i).tolerations(), report);
    }
    for (int i = 0; i < quotas.queues().size(); i++) {
      queue("quotas.queues[" + i + "].flavors", quotas.queues().get(i));
    }
    for (int i = 0; i < yaml.models().size(); i++) {
      model("models[" + i + "]", yaml.models().get(i));
    }
    for (int i = 0; i < yaml.tenants().size(); i++) {
      known("tenants[" + i + "].queue", yaml.tenants().get(i).queue(), "queues", queueNames());
    }
  }

  /** Pods bear it as the value of a label, with the installation's name before it. */
  private void priority(String path, String name) {
    int letters = yaml.name().length() + 1 + name.length();
    if (letters > LABEL_LETTERS_MAX) {
      report.at(path, "makes a label of " + letters + " letters with the installation's name before it",
          "shorten one of them: " + LABEL_LETTERS_MAX + " fit");
    }
  }

  private void queue(String path, QuotaSpec.Queue queue) {
    List<String> flavors = quotas.flavors().stream().map(QuotaSpec.Flavor::name).toList();
    ModelRules.unique(path + "[%d].name", queue.flavors(), QuotaSpec.Share::flavor, report);
    for (int i = 0; i < queue.flavors().size(); i++) {
      QuotaSpec.Share share = queue.flavors().get(i);
      known(path + "[" + i + "].name", Optional.of(share.flavor()), "flavors", flavors);
      Set<String> first = queue.flavors().getFirst().nominal().keySet();
      if (!share.nominal().keySet().equals(first)) {
        report.at(path + "[" + i + "].nominal", "has amounts of " + String.join(", ", share.nominal().keySet())
            + ", the queue's first flavor of " + String.join(", ", first),
            "name the same resources in each, 0 where a flavor has none");
      }
    }
  }

  private void model(String path, ModelSpec model) {
    known(path + ".queue", model.queue(), "queues", queueNames());
    known(path + ".priority", model.priority(), "priorities",
        quotas.priorities().stream().map(QuotaSpec.Priority::name).toList());
    Optional<QuotaSpec.Queue> queue =
        quotas.queues().stream().filter(one -> Optional.of(one.name()).equals(model.queue())).findFirst();
    queue.ifPresent(found -> {
      model.prefill().ifPresent(prefill -> fits(path + ".prefill", prefill, found));
      fits(path + ".decode", model.decode(), found);
    });
  }

  /** A pod that is larger than every flavor's quota would wait for ever. */
  private void fits(String path, PhaseSpec phase, QuotaSpec.Queue queue) {
    Map<String, BigDecimal> pod = phase.pod();
    for (Map.Entry<String, BigDecimal> need : pod.entrySet()) {
      if (queue.flavors().stream().noneMatch(share -> has(share, need.getKey(), need.getValue()))) {
        boolean device = need.getKey().equals(phase.gpus().resource());
        report.at(path + (device ? ".gpus" : ".resources." + need.getKey()),
            "asks for more " + need.getKey() + " than any flavor of queue " + queue.name() + " has",
            "lower it, or raise nominal in quotas.queues; queue-proxy counts as well");
        return;
      }
    }
    if (queue.flavors().stream().noneMatch(share ->
        pod.entrySet().stream().allMatch(need -> has(share, need.getKey(), need.getValue())))) {
      report.at(path + ".resources", "fit no single flavor of queue " + queue.name(),
          "a pod takes all of one flavor: raise nominal of one in quotas.queues");
    }
  }

  private static boolean has(QuotaSpec.Share share, String resource, BigDecimal amount) {
    Quantity nominal = share.nominal().get(resource);
    return nominal != null && nominal.value().compareTo(amount) >= 0;
  }

  private void known(String path, Optional<String> name, String list, List<String> names) {
    if (name.isPresent() && !names.contains(name.get())) {
      report.at(path, "names '" + name.get() + "', which is not in quotas." + list, Nearest.hint(name.get(), names));
    }
  }

  private List<String> queueNames() {
    return quotas.queues().stream().map(QuotaSpec.Queue::name).toList();
  }
}

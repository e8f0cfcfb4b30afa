package dev.ebb.knative.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What holds for an installation as a whole: where it may be, and the least that its programs need. */
final class InstallationRules {
  /** Namespaces of Kubernetes and of what Ebb stands on; Ebb's Pod Security level could keep their pods out. */
  private static final Set<String> TAKEN = Set.of("default", "kube-system", "kube-public", "kube-node-lease",
      "knative-serving", "knative-eventing", "keda", "kueue-system", "ebb-system");
  /** No virtual machine of Java starts in less, whatever it is to run. */
  private static final Quantity FLOOR = new Quantity("32Mi");
  /** Keys and values of a token in bytes: one layer, one head of 16 numbers of two bytes. Every model takes more. */
  private static final BigDecimal TOKEN_BYTES_MIN = BigDecimal.valueOf(64);

  private final EbbYaml yaml;
  private final Report report;

  InstallationRules(EbbYaml yaml, Report report) {
    this.yaml = yaml;
    this.report = report;
  }

  void check() {
    EbbYaml.Namespaces others = yaml.namespaces();
    Set<String> taken = new TreeSet<>(TAKEN);
    taken.addAll(List.of(others.keda(), others.knative(), others.ingress(), others.prometheus()));
    if (taken.contains(yaml.namespace())) {
      report.at("namespace", "is '" + yaml.namespace() + "', where others run, whose pods the"
          + " Pod Security level of Ebb's namespace could keep out",
          "give Ebb a namespace of its own, for example ebb");
    }
    memory("router.resources.memory", yaml.router().resources());
    yaml.router().heldBodyBytesMax().ifPresent(this::heldBodies);
    yaml.broker().flatMap(EbbYaml.Broker::jobs)
        .ifPresent(jobs -> memory("broker.jobs.resources.memory", jobs.resources()));
    for (int i = 0; i < yaml.models().size(); i++) {
      String path = "models[" + i + "]";
      ModelSpec model = yaml.models().get(i);
      model.prefill().ifPresent(prefill -> function(path + ".prefill.resources.memory", model, prefill.resources()));
      function(path + ".decode.resources.memory", model, model.decode().resources());
    }
  }

  private void heldBodies(int bytes) {
    RouterSpec router = yaml.router();
    if (bytes < router.bodyBytesMax()) {
      report.at("router.maxHeldBodyBytes", "is " + bytes + ", less than the " + router.bodyBytesMax()
          + " bytes that one body may have", "raise it, or lower router.maxBodyBytes");
    } else if (BigDecimal.valueOf(bytes).compareTo(router.resources().memory().value()) > 0) {
      report.at("router.maxHeldBodyBytes", "is " + bytes + ", more than the router's memory of "
          + router.resources().memory(), "lower it, or raise router.resources.memory");
    }
  }

  private void function(String path, ModelSpec model, Resources resources) {
    BigDecimal keys = BigDecimal.valueOf(model.kvTokens()).multiply(TOKEN_BYTES_MIN);
    if (memory(path, resources) && keys.compareTo(resources.memory().value()) > 0) {
      report.at(path, "is " + resources.memory() + ", and the keys and values of kvTokens " + model.kvTokens()
          + " alone take " + keys.toBigInteger().shiftRight(20) + "Mi or more of any model",
          "raise it, or lower kvTokens");
    }
  }

  /** Whether it is not surely too little; what is no amount was told before. */
  private boolean memory(String path, Resources resources) {
    boolean little = resources.memory().value().signum() > 0
        && resources.memory().value().compareTo(FLOOR.value()) < 0;
    if (little) {
      report.at(path, "is " + resources.memory() + ", in which nothing starts",
          "give " + FLOOR + " at the very least");
    }
    return !little && resources.memory().value().signum() > 0;
  }
}

package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.config.PhaseSpec;
import dev.ebb.knative.config.QuotaSpec;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is right and probably not what was meant, or does not bring about what one would think. */
final class Warnings {
  private final EbbYaml yaml;
  private final List<String> told = new ArrayList<>();

  private Warnings(EbbYaml yaml) {
    this.yaml = yaml;
  }

  /** A sentence each. */
  static List<String> of(EbbYaml yaml) {
    Warnings warnings = new Warnings(yaml);
    yaml.models().forEach(warnings::model);
    FunctionPart.all(yaml, PhaseSpec.Mode.KNATIVE).forEach(warnings::function);
    FunctionPart.all(yaml, PhaseSpec.Mode.DEPLOYMENT).forEach(warnings::function);
    warnings.installation();
    return warnings.told;
  }

  private void tell(String sentence) {
    told.add("warning: " + sentence);
  }

  private void installation() {
    if (!yaml.tenants().isEmpty()) {
      tell("routers do not ask for the tenants' keys yet; whoever reaches one may call it");
    }
    yaml.router().host().ifPresent(host -> tell("router.host publishes " + host
        + " to whoever reaches the Ingress: routers ask for no key; close it by the Ingress controller's own means"));
    if (yaml.prometheus().auth().isPresent() && yaml.prometheus().url().startsWith("http:")) {
      tell("prometheus.url is http, so the credentials of prometheus.auth go over the network in clear text");
    }
    if (yaml.router().replicas() > 1) {
      tell("KEDA's push stream reaches one replica of a router; demand at others wakes by Prometheus");
    }
  }

  private void model(ModelSpec model) {
    if (model.backend().equals("cuda")) {
      tell("model " + model.id() + " asks for the backend cuda, which no GPU has run yet; images have it where they"
          + " were made by make cuda-toolchain images");
    }
    queue(model).ifPresent(queue -> model.prefill().filter(prefill -> !QuotaRoom.both(queue, model.decode(), prefill))
        .ifPresent(prefill -> tell("prefill of model " + model.id() + " does not fit the quota of queue " + queue.name()
            + " beside its decode: one waits while the other runs; raise nominal, or take prefill out")));
  }

  private void function(FunctionPart function) {
    PhaseSpec phase = function.phase();
    ModelSpec model = function.model();
    String name = function.part().key() + " of model " + model.id();
    BigDecimal cpu = phase.resources().cpu().value();
    phase.engine().threads().ifPresent(threads -> {
      if (threads > 1 && BigDecimal.valueOf(threads).compareTo(cpu.multiply(BigDecimal.TWO)) > 0) {
        tell(name + " has threads: " + threads + " on cpu: " + phase.resources().cpu()
            + ", and they will wait for each other; write as many threads as cores");
      }
    });
    if (phase.gpus().count() > 0 && !model.backend().equals("cuda")) {
      tell(name + " asks for " + phase.gpus().count() + " " + phase.gpus().resource() + ", and backend "
          + model.backend() + " computes on the processor; write backend: cuda, or take gpus out");
    }
    queue(model).ifPresent(queue -> {
      int room = QuotaRoom.pods(queue, phase);
      if (room < phase.max()) {
        tell(name + " has replicas.max " + phase.max() + ", and the quota of queue " + queue.name() + " has room for "
            + room + " if nothing else is in it; raise nominal, or lower max");
      }
    });
  }

  private Optional<QuotaSpec.Queue> queue(ModelSpec model) {
    return model.queue().flatMap(name -> yaml.quotas().flatMap(quotas -> quotas.queues().stream()
        .filter(one -> one.name().equals(name)).findFirst()));
  }
}

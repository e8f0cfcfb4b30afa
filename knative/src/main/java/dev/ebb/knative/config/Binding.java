package dev.ebb.knative.config;

import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns a file's tree into records, one function a record. */
final class Binding {
  private static final Resources ROUTER_RESOURCES = new Resources(new Quantity("500m"), new Quantity("512Mi"));

  private Binding() {}

  static EbbYaml of(Section file) {
    return new EbbYaml(file.text("name"), file.text("namespace"), images(file.section("images")),
        file.list("models", Binding::model), file.optional("quotas", Binding::quotas),
        file.list("tenants", Binding::tenant), arena(file.section("store").section("arena")),
        prometheus(file.section("prometheus")), router(file.section("router")),
        file.optional("broker", Binding::broker), namespaces(file.section("namespaces")));
  }

  private static Images images(Section images) {
    Map<Images.Part, String> named = new EnumMap<>(Images.Part.class);
    for (Images.Part part : Images.Part.values()) {
      images.optional(part.key()).ifPresent(name -> named.put(part, name));
    }
    return new Images(images.optional("registry"), images.optional("tag"), named, images.optional("pullSecret"));
  }

  private static ModelSpec model(Section model) {
    return new ModelSpec(model.text("id"), source(model.section("source")), model.text("backend"),
        model.number("kvTokens"), model.optional("kvType"), model.flag("cudaGraphs"),
        model.number("prefillThresholdTokens"), model.optional("queue"), model.optional("priority"),
        whenWaiting(model.text("whenWaiting")), model.optional("degradeTo"),
        model.texts("nodeSelector"), model.list("tolerations", Binding::toleration), model.optional("runtimeClass"),
        model.optional("prefill", Binding::phase), phase(model.section("decode")));
  }

  private static ModelSpec.WhenWaiting whenWaiting(String text) {
    return Stream.of(ModelSpec.WhenWaiting.values()).filter(one -> one.key().equals(text)).findFirst()
        .orElse(ModelSpec.WhenWaiting.WAIT);
  }

  private static ModelSpec.Source source(Section source) {
    String path = source.text("path");
    if (source.has("claim")) {
      return new ModelSpec.Claim(source.text("claim"), path);
    } else if (source.has("hostPath")) {
      return new ModelSpec.HostFolder(source.text("hostPath"), path);
    } else if (source.has("image")) {
      return new ModelSpec.ImageVolume(source.text("image"), path);
    }
    return new ModelSpec.Hub(source.text("hub"), source.quantity("size"), source.optional("storageClass"),
        source.optional("token", Binding::secretEntry));
  }

  private static PhaseSpec phase(Section phase) {
    Section replicas = phase.section("replicas");
    Section gpus = phase.section("gpus");
    PhaseSpec.Engine engine = new PhaseSpec.Engine(phase.optionalNumber("threads"), phase.number("sequences"),
        phase.number("tokenBudget"), phase.optionalNumber("chunkTokens"), phase.number("stepSeconds"));
    return new PhaseSpec(phase.text("mode").equals("deployment") ? PhaseSpec.Mode.DEPLOYMENT : PhaseSpec.Mode.KNATIVE,
        replicas.number("min"), replicas.number("max"),
        new PhaseSpec.Gpus(gpus.text("resource"), gpus.number("count")),
        resources(phase.section("resources")), engine, decimal(phase.text("threshold")), phase.number("idleSeconds"),
        phase.number("startSeconds"), phase.number("timeoutSeconds"), phase.number("drainSeconds"));
  }

  private static BigDecimal decimal(String text) {
    return text.matches("[0-9]+(\\.[0-9]+)?") ? new BigDecimal(text) : BigDecimal.ONE;
  }

  private static Resources resources(Section resources) {
    return new Resources(resources.quantity("cpu"), resources.quantity("memory"));
  }

  private static Toleration toleration(Section toleration) {
    return new Toleration(toleration.optional("key"), toleration.text("operator"), toleration.optional("value"),
        toleration.optional("effect"));
  }

  private static QuotaSpec quotas(Section quotas) {
    return new QuotaSpec(
        quotas.list("flavors", flavor -> new QuotaSpec.Flavor(flavor.text("name"), flavor.texts("nodeLabels"),
            flavor.list("tolerations", Binding::toleration))),
        quotas.list("queues", queue -> new QuotaSpec.Queue(queue.text("name"), queue.flag("preempts"),
            queue.list("flavors", Binding::share))),
        quotas.list("priorities", priority -> new QuotaSpec.Priority(priority.text("name"), priority.number("value"))));
  }

  private static QuotaSpec.Share share(Section share) {
    return new QuotaSpec.Share(share.text("name"), share.quantities("nominal"));
  }

  private static Tenant tenant(Section tenant) {
    return new Tenant(tenant.text("name"), secretEntry(tenant.section("key")), tenant.optional("queue"));
  }

  private static Tenant.SecretEntry secretEntry(Section entry) {
    return new Tenant.SecretEntry(entry.text("secret"), entry.text("entry"));
  }

  private static EbbYaml.Arena arena(Section arena) {
    return arena.has("tmpfs")
        ? new EbbYaml.Tmpfs(arena.quantity("tmpfs"))
        : new EbbYaml.HostFolder(arena.text("hostPath"));
  }

  private static EbbYaml.Prometheus prometheus(Section prometheus) {
    return new EbbYaml.Prometheus(prometheus.text("url"), prometheus.number("routerScrapeSeconds"),
        prometheus.number("functionScrapeSeconds"), prometheus.texts("labels"),
        prometheus.optional("auth", Binding::credentials), prometheus.optional("ca", Binding::secretEntry));
  }

  private static EbbYaml.Credentials credentials(Section auth) {
    Section basic = auth.section("basic");
    return auth.has("bearer") ? new EbbYaml.Bearer(secretEntry(auth.section("bearer")))
        : new EbbYaml.Basic(secretEntry(basic.section("username")), secretEntry(basic.section("password")));
  }

  private static RouterSpec router(Section router) {
    Resources resources = router.optional("resources", Binding::resources).orElse(ROUTER_RESOURCES);
    return new RouterSpec(router.number("replicas"), resources, router.optional("host"),
        router.number("requestTimeoutSeconds"), router.number("startTimeoutSeconds"), router.number("maxBodyBytes"),
        router.optionalNumber("maxHeldBodyBytes"), router.number("maxParked"), router.number("drainSeconds"));
  }

  private static EbbYaml.Broker broker(Section broker) {
    String name = broker.text("name");
    return new EbbYaml.Broker(name, broker.text("class"), broker.optional("jobs", jobs -> jobs(jobs, name)));
  }

  /** Without a sink of their own, jobs reply to the Broker. */
  private static EbbYaml.Jobs jobs(Section jobs, String broker) {
    EbbYaml.Sink sink = jobs.optional("sink", Binding::sink)
        .orElse(new EbbYaml.SinkReference(SinkRules.BROKER_VERSION, SinkRules.BROKER, broker, Optional.empty()));
    return new EbbYaml.Jobs(resources(jobs.section("resources")), sink, jobs.number("keepSeconds"));
  }

  private static EbbYaml.Sink sink(Section sink) {
    Section ref = sink.section("ref");
    return sink.has("url") ? new EbbYaml.SinkUrl(sink.text("url"))
        : new EbbYaml.SinkReference(ref.text("apiVersion"), ref.text("kind"), ref.text("name"),
            ref.optional("namespace"));
  }

  private static EbbYaml.Namespaces namespaces(Section names) {
    return new EbbYaml.Namespaces(names.text("prometheus"), names.text("keda"), names.text("knative"),
        names.text("ingress"));
  }
}

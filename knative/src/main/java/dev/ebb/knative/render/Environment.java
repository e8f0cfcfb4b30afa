package dev.ebb.knative.render;

import dev.ebb.events.Work;
import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.config.PhaseSpec;
import dev.ebb.knative.config.RouterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The settings of the processes, by the names that they read. */
final class Environment {
  private static final String EVERY_ADDRESS = "0.0.0.0";

  private Environment() {}

  static List<Object> of(RouterPart router) {
    ModelSpec model = router.model();
    RouterSpec settings = router.yaml().router();
    String decode = FunctionPart.decode(router.yaml(), model).url();
    Optional<String> prefill = FunctionPart.prefill(router.yaml(), model).map(FunctionPart::url);
    Fields fields = Fields.of("EBB_HOST", EVERY_ADDRESS)
        .and("EBB_PORT", RouterPart.PORT)
        .and("EBB_PLATFORM", "cluster")
        .and("EBB_SCALER_PORT", RouterPart.SCALER_PORT)
        .and("EBB_MODEL_ID", model.id())
        .and("EBB_MODEL_PATH", ModelVolume.path(model))
        .and("EBB_PREFILL_URL", prefill.orElse(decode))
        .and("EBB_DECODE_URL", decode)
        .and("EBB_KV_TOKENS", model.kvTokens());
    model.kvType().ifPresent(type -> fields.and("EBB_KV_TYPE", type));
    settings.heldBodyBytesMax().ifPresent(bytes -> fields.and("EBB_MAX_HELD_BODY_BYTES", bytes));
    // No prompt is that long: without prefill, decode computes them all.
    int threshold = prefill.isPresent() ? model.prefillThresholdTokens() : Integer.MAX_VALUE;
    return list(fields.and("EBB_PREFILL_THRESHOLD_TOKENS", threshold)
        .and("EBB_REQUEST_TIMEOUT_SECONDS", settings.requestTimeoutSeconds())
        .and("EBB_START_TIMEOUT_SECONDS", settings.startTimeoutSeconds())
        .and("EBB_MAX_BODY_BYTES", settings.bodyBytesMax())
        .and("EBB_MAX_PARKED", settings.parkedMax())
        .and("EBB_LEAVE_SECONDS", RouterPart.LEAVE_SECONDS)
        .and("EBB_DRAIN_SECONDS", settings.drainSeconds())
        .andAll(queue(router)));
  }

  /** What a router must know of the queue to tell who waits where, and to keep prefill from decode's quota. */
  private static Fields queue(RouterPart router) {
    ModelSpec model = router.model();
    Fields fields = new Fields();
    model.queue().ifPresent(queue -> fields.and("EBB_QUEUE", queue)
        .and("EBB_CLUSTER_QUEUE", ClusterQueues.name(router.yaml(), queue))
        .and("EBB_GPU_RESOURCE", model.decode().gpus().resource())
        .and("EBB_DECODE_GPUS", model.decode().gpus().count())
        .and("EBB_PREFILL_GPUS", model.prefill().map(prefill -> prefill.gpus().count()).orElse(0))
        .and("EBB_WHEN_WAITING", model.whenWaiting().key())
        .and("EBB_DECODE_DRAIN_SECONDS", model.decode().drainSeconds())
        .and("EBB_PREFILL_DRAIN_SECONDS", model.prefill().orElse(model.decode()).drainSeconds()));
    model.degradeTo().ifPresent(other -> router.yaml().models().stream().filter(one -> one.id().equals(other))
        .forEach(one -> fields.and("EBB_DEGRADE_MODEL", other)
            .and("EBB_DEGRADE_URL", "http://" + new RouterPart(router.yaml(), one).host())));
    return fields;
  }

  static List<Object> of(FunctionPart function) {
    ModelSpec model = function.model();
    PhaseSpec.Engine engine = function.phase().engine();
    Fields settings = new Fields()
        .and("EBB_MODEL_ID", model.id())
        .and("EBB_MODEL_PATH", ModelVolume.path(model))
        .and("EBB_ARENA_DIR", ArenaVolume.FOLDER)
        .and("EBB_BACKEND", model.backend())
        .and("EBB_KV_TOKENS", model.kvTokens())
        .and("EBB_MAX_SEQUENCES", engine.sequences())
        .and("EBB_TOKEN_BUDGET", engine.tokenBudget())
        .and("EBB_STEP_TIMEOUT_SECONDS", engine.stepSeconds())
        .and("EBB_MAX_BODY_BYTES", Work.bytesMax(function.yaml().router().bodyBytesMax(), model.kvTokens()))
        .and("EBB_DRAIN_SECONDS", function.phase().drainSeconds());
    model.kvType().ifPresent(type -> settings.and("EBB_KV_TYPE", type));
    if (model.cudaGraphs()) {
      settings.and("EBB_CUDA_GRAPHS", "on");
    }
    engine.threads().ifPresent(threads -> settings.and("EBB_THREADS", threads));
    engine.chunkTokens().ifPresent(tokens -> settings.and("EBB_CHUNK_TOKENS", tokens));
    // Quarkus' own: the applications listen on the loopback address unless told otherwise.
    settings.and("QUARKUS_HTTP_HOST", EVERY_ADDRESS);
    if (function.phase().mode() == PhaseSpec.Mode.DEPLOYMENT) {
      // Knative sets PORT itself and refuses one that is given.
      settings.and("PORT", FunctionPart.PORT);
    }
    return list(settings);
  }

  /** Of {@code ebb batch}; the file of the event is named by the JobSink. */
  static List<Object> ofJobs(EbbYaml yaml) {
    String routers = RouterPart.all(yaml).stream()
        .map(router -> router.model().id() + "=http://" + router.host()).collect(Collectors.joining(" "));
    return list(Fields.of("EBB_ROUTERS", routers)
        .and("EBB_BATCH_SINK", JobReplies.of(yaml).url())
        .and("EBB_REQUEST_TIMEOUT_SECONDS", yaml.router().requestTimeoutSeconds()));
  }

  /** Environment variables are text, whatever they mean. */
  static List<Object> list(Map<String, Object> settings) {
    List<Object> variables = new ArrayList<>();
    settings.forEach((name, value) -> variables.add(Fields.of("name", name).and("value", value.toString())));
    return variables;
  }
}

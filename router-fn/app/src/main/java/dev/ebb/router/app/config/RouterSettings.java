package dev.ebb.router.app.config;

import dev.ebb.engine.kv.KvLayout;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * Settings of the router; each is an environment variable {@code EBB_...} (in brackets) or the property of the
 * same name in lower case with dots.
 *
 * @param modelId name of the model in the API (EBB_MODEL_ID)
 * @param modelPath GGUF file or Hugging Face folder (EBB_MODEL_PATH)
 * @param platform where functions run (EBB_PLATFORM)
 * @param dist distribution folder with {@code prefill/} and {@code decode/} (EBB_DIST), for the local platform
 * @param runDir arena, logs and pid files of the functions (EBB_RUN_DIR), for the local platform
 * @param prefillUrl address of prefill (EBB_PREFILL_URL), for the static platform and the cluster's
 * @param decodeUrl address of decode (EBB_DECODE_URL), for the static platform and the cluster's
 * @param idleMs time without demand after which a function stops (EBB_IDLE_SECONDS)
 * @param prefillThresholdTokens uncached tokens from which prefill is used (EBB_PREFILL_THRESHOLD_TOKENS)
 * @param requestTimeoutMs longest time for an answer (EBB_REQUEST_TIMEOUT_SECONDS)
 * @param startTimeoutMs longest time for a function's start (EBB_START_TIMEOUT_SECONDS)
 * @param bodyBytesMax largest request body (EBB_MAX_BODY_BYTES)
 * @param heldBodyBytesMax request bodies of all requests under way (EBB_MAX_HELD_BODY_BYTES)
 * @param parkedMax requests that may wait for one function (EBB_MAX_PARKED)
 * @param leaveMs time between the stop signal and the first request that is refused (EBB_LEAVE_SECONDS)
 * @param drainMs time that requests under way get after that (EBB_DRAIN_SECONDS)
 * @param kvTokens tokens of KV that the functions keep; bounds the context (EBB_KV_TOKENS)
 * @param kvType as what the functions keep it, which tells how many tokens their memory holds (EBB_KV_TYPE)
 * @param eventMemoryMs time that answered events are remembered, to answer none twice (EBB_EVENT_MEMORY_SECONDS)
 * @param scalerPort port on which KEDA's scaler listens; 0 for none (EBB_SCALER_PORT)
 * @param cluster what only a router on a cluster reads
 */
public record RouterSettings(
    String modelId,
    Path modelPath,
    PlatformKind platform,
    Optional<Path> dist,
    Optional<Path> runDir,
    Optional<URI> prefillUrl,
    Optional<URI> decodeUrl,
    long idleMs,
    int prefillThresholdTokens,
    long requestTimeoutMs,
    long startTimeoutMs,
    long bodyBytesMax,
    long heldBodyBytesMax,
    int parkedMax,
    long leaveMs,
    long drainMs,
    int kvTokens,
    KvLayout.Type kvType,
    long eventMemoryMs,
    int scalerPort,
    ClusterSettings cluster) {

  /** Where functions run. */
  public enum PlatformKind {
    /** Processes that the router starts and stops. */
    LOCAL,
    /** Addresses that somebody else keeps alive. */
    STATIC,
    /** Services of a Kubernetes cluster, scaled by the demand that the router shows. */
    CLUSTER
  }

  /**
   * Reads all settings.
   *
   * @throws SettingsException naming the first one that cannot be used
   */
  public static RouterSettings from(Config config) {
    SettingReader read = new SettingReader(config);
    PlatformKind platform = platform(read.text("ebb.platform", "local"));
    long bodyBytesMax = read.number("ebb.max.body.bytes", 10L << 20, 1024, Integer.MAX_VALUE);
    RouterSettings settings =
        new RouterSettings(
            read.text("ebb.model.id", "smollm2-135m-instruct"),
            Path.of(read.required("ebb.model.path", "the model's GGUF file or Hugging Face folder")),
            platform,
            read.optional("ebb.dist").map(Path::of),
            read.optional("ebb.run.dir").map(Path::of),
            read.url("ebb.prefill.url"),
            read.url("ebb.decode.url"),
            read.number("ebb.idle.seconds", 60, 0, 1_000_000) * 1000,
            (int) read.number("ebb.prefill.threshold.tokens", 64, 1, Integer.MAX_VALUE),
            read.number("ebb.request.timeout.seconds", 600, 1, 1_000_000) * 1000,
            read.number("ebb.start.timeout.seconds", 120, 1, 1_000_000) * 1000,
            bodyBytesMax,
            heldBodyBytesMax(read, bodyBytesMax),
            (int) read.number("ebb.max.parked", 10_000, 1, 10_000_000),
            read.number("ebb.leave.seconds", 0, 0, 3_600) * 1000,
            read.number("ebb.drain.seconds", 5, 0, 86_400) * 1000,
            (int) read.number("ebb.kv.tokens", 32_768, 16, Integer.MAX_VALUE),
            kvType(read),
            read.number("ebb.event.memory.seconds", 600, 0, 86_400) * 1000,
            (int) read.number("ebb.scaler.port", 0, 0, 65_535),
            platform == PlatformKind.CLUSTER ? ClusterSettings.from(read) : ClusterSettings.none());
    settings.checkPlatform();
    return settings;
  }

  private static PlatformKind platform(String name) {
    return switch (name) {
      case "local" -> PlatformKind.LOCAL;
      case "static" -> PlatformKind.STATIC;
      case "cluster" -> PlatformKind.CLUSTER;
      default -> throw new SettingsException("EBB_PLATFORM must be local, static or cluster, got " + name);
    };
  }

  /** By default a quarter of the heap: text and tokens of a body take about twice its bytes. */
  private static long heldBodyBytesMax(SettingReader read, long bodyBytesMax) {
    long most = read.number("ebb.max.held.body.bytes",
        Math.max(bodyBytesMax, Runtime.getRuntime().maxMemory() / 4), 1024, Long.MAX_VALUE);
    require(most >= bodyBytesMax,
        "EBB_MAX_HELD_BODY_BYTES must be at least EBB_MAX_BODY_BYTES, which is " + bodyBytesMax + ", got " + most);
    return most;
  }

  private static KvLayout.Type kvType(SettingReader read) {
    // No backend is loaded here to be asked: all but the reference take F16 unless told otherwise.
    boolean floats = read.text("ebb.backend", "cpu").equals("reference");
    return read.optional("ebb.kv.type").map(key -> KvLayout.Type.of(key).orElseThrow(() -> new SettingsException(
            "EBB_KV_TYPE must be f16, f32 or i8, or be left out for what the backend usually takes, got " + key)))
        .orElse(floats ? KvLayout.Type.F32 : KvLayout.Type.F16);
  }

  private void checkPlatform() {
    if (platform == PlatformKind.LOCAL) {
      require(dist.isPresent(), "EBB_DIST must name the distribution folder with prefill/ and decode/");
      require(runDir.isPresent(), "EBB_RUN_DIR must name a folder for the functions' arena and logs");
    } else {
      String name = platform.name().toLowerCase(Locale.ROOT);
      require(decodeUrl.isPresent(), "EBB_DECODE_URL must be set when EBB_PLATFORM=" + name);
      require(prefillUrl.isPresent(), "EBB_PREFILL_URL must be set when EBB_PLATFORM=" + name);
    }
  }

  private static void require(boolean holds, String complaint) {
    if (!holds) {
      throw new SettingsException(complaint);
    }
  }
}

package dev.ebb.cli;

import dev.ebb.knative.word.Nearest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Looks over the {@code EBB_*} variables before anything is started with them. */
final class EnvironmentCheck {
  private static final String PREFIX = "EBB_";
  private static final List<String> KNOWN = List.of("""
      HOME PORT HOST IDLE_SECONDS THREADS BACKEND KV_TOKENS KV_TYPE PREFILL_THRESHOLD_TOKENS MAX_SEQUENCES
      TOKEN_BUDGET CHUNK_TOKENS REQUEST_TIMEOUT_SECONDS START_TIMEOUT_SECONDS LEAVE_SECONDS DRAIN_SECONDS
      MAX_BODY_BYTES MAX_HELD_BODY_BYTES MAX_PARKED ARENA_DIR FUNCTION_JAVA_OPTS JAVA_OPTS JAVA_HOME LOG_LEVEL
      STREAM_EVENTS_MAX DEBUG
      DIST MODEL MODEL_ID MODEL_PATH RUN_DIR PLATFORM PREFILL_URL DECODE_URL SCALER_PORT NODE NATIVE_LIBRARY
      CPU_ISA LLAMA_BIN PARENT_PID PYTHON BUILD_JOBS EVENT_MEMORY_SECONDS QUEUE CLUSTER_QUEUE GPU_RESOURCE
      DECODE_GPUS PREFILL_GPUS WHEN_WAITING DEGRADE_MODEL DEGRADE_URL DECODE_DRAIN_SECONDS PREFILL_DRAIN_SECONDS
      ROUTERS BATCH_SINK KEDA_NAME KEDA_LEASE_NAMESPACE KEDA_WORKERS SERVING CLUSTER_CACHE CLUSTER_RUN
      CLUSTER_KEEP CLUSTER_TESTS CLUSTER_BIN CLUSTER CI_MINUTES CI_STARTED CMAKE_ARGS NVCC CUDA_CACHE CUDA_GRAPHS
      CUDA_WGMMA CUDA_TESTS GPU_CHECK_BUILD GPU_CHECK_ARGS GPU_CHECK_OUT GPU_CHECK_SECONDS CUBLASLT TEST_LOG
      STEP_TIMEOUT_SECONDS
      """.strip().split("\\s+"));

  private static final List<String> LOG_LEVELS =
      List.of("OFF", "FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE", "ALL");

  private EnvironmentCheck() {}

  /** A line for each variable that looks like a setting and is none. */
  static List<String> warnings(Map<String, String> env) {
    return new TreeSet<>(env.keySet()).stream()
        .filter(name -> name.startsWith(PREFIX) && !KNOWN.contains(name.substring(PREFIX.length())))
        .map(name -> "warning: " + name + " is no setting of Ebb" + hint(name))
        .toList();
  }

  private static String hint(String name) {
    return Nearest.of(name.substring(PREFIX.length()), KNOWN)
        .map(known -> "; did you mean " + PREFIX + known + "?").orElse("; the README lists them");
  }

  /**
   * The level of the logs, which router and functions would refuse in their logs alone.
   *
   * @throws CliException when it is set and is none
   */
  static void logLevel(Map<String, String> env) {
    String level = env.getOrDefault("EBB_LOG_LEVEL", "").strip();
    if (!level.isEmpty() && !LOG_LEVELS.contains(level.toUpperCase(Locale.ROOT))) {
      throw new CliException("EBB_LOG_LEVEL=" + level + " makes no sense; give one of "
          + String.join(", ", LOG_LEVELS));
    }
  }

  /**
   * A whole number of the environment.
   *
   * @throws CliException when it is set and is none, or not within {@code least} and {@code most}
   */
  static void between(Map<String, String> env, String name, int least, int most) {
    String text = env.getOrDefault(name, "").strip();
    if (text.isEmpty()) {
      return;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message for every wrong number.
    }
    throw new CliException(name + "=" + text + " makes no sense; give a whole number "
        + (most == Integer.MAX_VALUE ? "of " + least + " or more" : "from " + least + " to " + most));
  }
}

package dev.ebb.runtime.config;

import dev.ebb.engine.EngineConfig;
import dev.ebb.engine.backend.BackendProvider;
import dev.ebb.runtime.start.StartException;
import dev.ebb.runtime.start.StartFailure;

/** Refuses settings that cannot work, naming the variable to change. */
public final class ConfigCheck {
  private ConfigCheck() {}

  /**
   * @throws StartException naming the first setting that is missing or out of range
   */
  public static void check(EbbConfig config) {
    require(config.model().id().isPresent(), "EBB_MODEL_ID is not set; give the id by which requests name the model");
    require(config.model().path().isPresent(), "EBB_MODEL_PATH is not set; give a GGUF file or a Hugging Face folder");
    require(config.arena().dir().isPresent(), "EBB_ARENA_DIR is not set; give a folder for the key/value arena");
    positive("EBB_KV_TOKENS", config.kv().tokens());
    upTo(EngineConfig.SEQUENCES_MAX, "EBB_MAX_SEQUENCES", config.maxSequences());
    upTo(EngineConfig.TOKENS_MAX, "EBB_TOKEN_BUDGET", config.tokenBudget());
    config.threads().ifPresent(threads -> upTo(BackendProvider.THREADS_MAX, "EBB_THREADS", threads));
    config.chunkTokens().ifPresent(tokens -> upTo(EngineConfig.TOKENS_MAX, "EBB_CHUNK_TOKENS", tokens));
    positive("EBB_STEP_TIMEOUT_SECONDS", config.stepTimeoutSeconds());
    positive("EBB_STREAM_EVENTS_MAX", config.stream().eventsMax());
    require(config.drainSeconds() >= 0, "EBB_DRAIN_SECONDS must not be negative, got " + config.drainSeconds());
    require(config.node().matches("[A-Za-z0-9._-]+"),
        "EBB_NODE must be a host name, got \"" + config.node() + "\"");
    config.parentPid().ifPresent(pid -> require(pid > 0, "EBB_PARENT_PID must be a process id, got " + pid));
  }

  private static void positive(String name, int value) {
    require(value > 0, name + " must be at least 1, got " + value);
  }

  private static void upTo(int most, String name, int value) {
    positive(name, value);
    require(value <= most, name + " must be at most " + most + ", got " + value);
  }

  private static void require(boolean valid, String complaint) {
    if (!valid) {
      throw new StartException(StartFailure.CONFIG, complaint);
    }
  }
}

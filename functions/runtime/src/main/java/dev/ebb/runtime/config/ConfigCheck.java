package dev.ebb.runtime.config;

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
    positive("EBB_MAX_SEQUENCES", config.maxSequences());
    positive("EBB_TOKEN_BUDGET", config.tokenBudget());
    config.threads().ifPresent(threads -> positive("EBB_THREADS", threads));
    config.chunkTokens().ifPresent(tokens -> positive("EBB_CHUNK_TOKENS", tokens));
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

  private static void require(boolean valid, String complaint) {
    if (!valid) {
      throw new StartException(StartFailure.CONFIG, complaint);
    }
  }
}

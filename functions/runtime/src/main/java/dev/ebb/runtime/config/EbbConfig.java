package dev.ebb.runtime.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Settings of a function process. The environment gives them by their upper-case names:
 * {@code EBB_MODEL_PATH} is {@code ebb.model.path}. {@link ConfigCheck} validates them together.
 */
@ConfigMapping(prefix = "ebb")
public interface EbbConfig {

  /** The model that this process serves. */
  Model model();

  /** The shared memory of keys and values. */
  Arena arena();

  /** The size of the key/value store. */
  Kv kv();

  /** Backend by name: {@code cpu} or {@code reference}. */
  @WithDefault("cpu")
  String backend();

  /** Compute threads; all cores when absent. */
  OptionalInt threads();

  /** Sequences computed together at most. */
  @WithDefault("64")
  int maxSequences();

  /** Tokens of one engine step at most. */
  @WithDefault("512")
  int tokenBudget();

  /** Prompt tokens of one sequence in one step at most; the token budget when absent. */
  OptionalInt chunkTokens();

  /** Name of this node in {@code kv://} claim checks. */
  @WithDefault("localhost")
  String node();

  /** Process whose end ends this one. */
  OptionalLong parentPid();

  /** Seconds that running requests get to finish after a stop signal. */
  @WithDefault("30")
  int drainSeconds();

  /** Seconds after which an engine step counts as one that never ends, and the process as one to replace. */
  @WithDefault("600")
  int stepTimeoutSeconds();

  /** What this function answers. */
  Function function();

  /** Server-sent events. */
  Stream stream();

  /** The model that is served. */
  interface Model {
    /** Id by which requests name it. */
    Optional<String> id();

    /** A GGUF file or a Hugging Face folder. */
    Optional<Path> path();
  }

  /** Where keys and values live. */
  interface Arena {
    /** Folder of the arena file, on tmpfs, hugetlbfs or a disk. */
    Optional<Path> dir();
  }

  /** How much is kept. */
  interface Kv {
    /** Tokens whose keys and values fit; never over a quarter of the available memory. */
    @WithDefault("32768")
    int tokens();

    /** Element type, {@code f32}, {@code f16} or {@code i8}; what the backend usually takes when absent. */
    Optional<String> type();
  }

  /** The application's own part, set in its application.properties. */
  interface Function {
    /** CloudEvents types that are answered here. */
    Set<String> accepts();
  }

  /** Limits of one stream. */
  interface Stream {
    /**
     * Events that may wait for a slow reader before its request is cancelled: by default as many as eight answers of
     * 8,192 tokens have, so that a reader who stops and goes on loses nothing.
     */
    @WithDefault("65536")
    int eventsMax();
  }
}

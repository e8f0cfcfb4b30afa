package dev.ebb.cli;

import dev.ebb.engine.EngineConfig;
import dev.ebb.engine.backend.BackendProvider;
import dev.ebb.engine.kv.KvLayout;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Looks over the variables that only functions read, which would refuse them no sooner than with the first request. */
public final class FunctionSettings {
  /** With the most that functions take. */
  private static final Map<String, Integer> COUNTS = new TreeMap<>(Map.of(
      "EBB_MAX_SEQUENCES", EngineConfig.SEQUENCES_MAX, "EBB_TOKEN_BUDGET", EngineConfig.TOKENS_MAX,
      "EBB_CHUNK_TOKENS", EngineConfig.TOKENS_MAX, "EBB_STEP_TIMEOUT_SECONDS", Integer.MAX_VALUE,
      "EBB_STREAM_EVENTS_MAX", Integer.MAX_VALUE));
  private static final List<String> SWITCHES = List.of("EBB_CUDA_GRAPHS", "EBB_CUDA_WGMMA");

  private final Map<String, String> env;

  private FunctionSettings(Map<String, String> env) {
    this.env = env;
  }

  /**
   * @param backend the one that functions will open
   * @throws CliException naming the first variable that they would refuse
   */
  public static void check(Map<String, String> env, BackendProvider backend) {
    FunctionSettings settings = new FunctionSettings(env);
    COUNTS.forEach((name, most) -> EnvironmentCheck.between(env, name, 1, most));
    settings.kvType(backend);
    if (backend.name().equals("cuda")) {
      SWITCHES.forEach(settings::onOrOff);
    }
    settings.arena();
  }

  private void kvType(BackendProvider backend) {
    List<String> possible = backend.kvTypes().stream().map(KvLayout.Type::key).toList();
    value("EBB_KV_TYPE").filter(type -> !possible.contains(type)).ifPresent(type -> {
      throw new CliException("EBB_KV_TYPE=" + type + ", but backend " + backend.name() + " keeps keys and values as "
          + String.join(" or ", possible) + "; set one of these, or leave it out");
    });
  }

  private void onOrOff(String name) {
    value(name).filter(chosen -> !List.of("on", "off").contains(chosen)).ifPresent(chosen -> {
      throw new CliException(name + "=" + chosen + " makes no sense; set it to on or off, or leave it out");
    });
  }

  private void arena() {
    value("EBB_ARENA_DIR").filter(folder -> !folder.startsWith("/")).ifPresent(folder -> {
      throw new CliException("EBB_ARENA_DIR=" + folder + " does not begin with /, and each function has a folder of its"
          + " own that it would be taken from; give the whole path, or leave it out");
    });
    value("EBB_ARENA_DIR").filter(folder -> !canHoldFiles(folder)).ifPresent(folder -> {
      throw new CliException("EBB_ARENA_DIR=" + folder
          + " is no folder that can be written to; give another one, or leave it out");
    });
  }

  /** Whether it is a folder, or one can be made of that name, and this user may write to it. */
  private static boolean canHoldFiles(String folder) {
    try {
      Path there = Path.of(folder);
      while (there != null && !Files.exists(there)) {
        there = there.getParent();
      }
      return there != null && Files.isDirectory(there) && Files.isWritable(there);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private Optional<String> value(String name) {
    return Optional.of(env.getOrDefault(name, "").strip()).filter(value -> !value.isEmpty());
  }
}

package dev.ebb.engine.kv;

import java.nio.file.Path;

/**
 * Where an arena lies and how large a new one becomes.
 *
 * @param directory folder of the arena files, created when missing; best on tmpfs, may be a disk
 * @param node this machine's name in {@code kv://node/arena/...}; two processes that share the folder
 *     must give the same name
 * @param tokens tokens that a new arena holds, rounded down to whole blocks; an arena that others
 *     use already keeps its size
 * @param wishedTokens what was asked for, before {@code tokens} was cut to the memory there is; while
 *     this stays, an arena is kept though the memory differs
 */
public record ArenaConfig(Path directory, String node, int tokens, int wishedTokens) {

  public ArenaConfig {
    if (tokens < KvLayout.BLOCK_TOKENS) {
      throw new IllegalArgumentException("an arena holds at least " + KvLayout.BLOCK_TOKENS
          + " tokens, got " + tokens + ": raise EBB_KV_TOKENS");
    }
    if (node.isEmpty() || node.contains("/")) {
      throw new IllegalArgumentException("ebb.node must be a host name, got '" + node + "'");
    }
  }

  /** All that was asked for. */
  public ArenaConfig(Path directory, String node, int tokens) {
    this(directory, node, tokens, tokens);
  }

  /** The arena's file: one per model and element type, so that backends of both can run. */
  Path file(KvLayout layout, String modelFingerprint) {
    return directory.resolve(filePrefix(modelFingerprint) + layout.type().key() + ".kv");
  }

  /** How the names of all arenas of a model begin. */
  public static String filePrefix(String modelFingerprint) {
    return modelFingerprint.substring(0, Math.min(16, modelFingerprint.length())) + "-";
  }

  /** Blocks of a new arena. */
  public int blocks() {
    return tokens / KvLayout.BLOCK_TOKENS;
  }
}

package dev.ebb.cli.model;

import dev.ebb.cli.term.Progress;
import java.io.IOException;
import java.nio.file.Path;

/** Somewhere that one model comes from. */
interface ModelSource {

  /** Id that it gets in the cache. */
  String id();

  /** What it is called in lists, such as {@code hf://org/repo/file}. */
  String origin();

  /**
   * Whether it is another now than the one in the cache that came from the same origin. Only what can be seen without a
   * network counts, since a model in the cache is used without one.
   */
  default boolean isChangedSince(CachedModel there) throws IOException {
    return false;
  }

  /** Size and digest that the file must have, as far as they are known beforehand: 0 and empty where they are not. */
  default Expected expected() {
    return new Expected(0, "");
  }

  /** What is known of a file before it is fetched. */
  record Expected(long bytes, String sha256) {}

  /**
   * Fetches it, checked, into {@code partial}, which survives a failed attempt so that the next can go on.
   *
   * @throws dev.ebb.cli.CliException when asking again will not help
   */
  Fetched fetch(Path partial, Progress progress) throws IOException, InterruptedException;

  /**
   * A complete model below the partial folder.
   *
   * @param path a file or a folder
   * @param sha256 digest of the file, empty for a folder
   */
  record Fetched(Path path, String sha256) {}
}

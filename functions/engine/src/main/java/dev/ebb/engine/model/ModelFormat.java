package dev.ebb.engine.model;

import java.nio.file.Path;

/** A way models are stored; implementations are found by {@link java.util.ServiceLoader}. */
public interface ModelFormat {

  /** Format name for messages, such as {@code GGUF}. */
  String name();

  /** Whether {@code path} looks like this format (by magic or by folder content). */
  boolean accepts(Path path);

  /**
   * Opens and validates.
   *
   * @throws ModelFormatException naming the field and the offset when the file is truncated,
   *     overlapping, oversized, lying, or of an unknown architecture
   */
  ModelFile open(Path path);
}

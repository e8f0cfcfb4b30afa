package dev.ebb.engine.backend;

import dev.ebb.engine.kv.KvLayout;
import java.util.List;

/** Makes backends of one kind; found by {@link java.util.ServiceLoader}. */
public interface BackendProvider {
  /** The most compute threads that a setting may say. */
  int THREADS_MAX = 4096;

  /** Name by which it is asked for: {@code cpu}, {@code reference}. */
  String name();

  /** Whether it can run here, and why not or on what. Never throws. */
  Availability availability();

  /** Element types in which it can keep keys and values; first the one that it takes unless told otherwise. */
  List<KvLayout.Type> kvTypes();

  /**
   * Opens a backend.
   *
   * @param threads compute threads, the engine thread included; at least 1
   * @param kvType one of {@link #kvTypes}
   * @throws BackendException when it is not available here, or keeps no keys and values of that type
   */
  Backend open(int threads, KvLayout.Type kvType);

  /** Opens a backend that keeps keys and values as it usually does. */
  default Backend open(int threads) {
    return open(threads, kvTypes().getFirst());
  }

  /**
   * @param available whether {@link #open} can succeed
   * @param description the device, or what is missing and what to do about it
   */
  record Availability(boolean available, String description) {}
}

package dev.ebb.engine.backend;

/** Makes backends of one kind; found by {@link java.util.ServiceLoader}. */
public interface BackendProvider {

  /** Name by which it is asked for: {@code cpu}, {@code reference}. */
  String name();

  /** Whether it can run here, and why not or on what. Never throws. */
  Availability availability();

  /**
   * Opens a backend.
   *
   * @param threads compute threads, the engine thread included; at least 1
   * @throws BackendException when it is not available here
   */
  Backend open(int threads);

  /**
   * @param available whether {@link #open} can succeed
   * @param description the device, or what is missing and what to do about it
   */
  record Availability(boolean available, String description) {}
}

package dev.ebb.engine;

/** A submitted request. */
public interface GenerationTicket {

  /** The request's id. */
  String id();

  /**
   * Stops the request at the next step and frees its blocks; its listener sees unfinished answers end
   * with {@code ABORT} and then {@code completed}. Does nothing once the request has ended. From any
   * thread.
   */
  void cancel();
}

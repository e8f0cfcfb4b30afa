package dev.ebb.router.scaler;

import java.util.Map;

/** What the scaler tells of. Called by several threads at once; must not block. */
public interface DemandSource {

  /**
   * Requests that wait for or use what is asked about, 0 or more.
   *
   * @param metadata the keys of the trigger, also those that are not meant for this
   * @throws IllegalArgumentException where nothing is known of it, with a message for who wrote the trigger: what was
   *     asked and what is known
   */
  int value(Map<String, String> metadata);

  /** Has the listener called, for good, each time that any value leaves 0, on the thread that raised it. */
  void onRise(Runnable listener);
}

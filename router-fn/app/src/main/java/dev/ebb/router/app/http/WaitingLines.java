package dev.ebb.router.app.http;

import dev.ebb.router.quota.QuotaWait;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a streamed request is told while it waits for quota: each new place once, and now and then the same again, so
 * that nobody on the way takes the connection for a dead one. Confined to its thread.
 */
final class WaitingLines {
  private static final long APART_MS = 1_000;
  private static final long KEEP_ALIVE_MS = 15_000;

  private final Consumer<String> out;
  private String last = "";
  private long saidMs;

  WaitingLines(Consumer<String> out) {
    this.out = out;
  }

  /** Says what there is to say now. */
  void look(Optional<QuotaWait> waiting, long nowMs) {
    if (waiting.isEmpty()) {
      // Told again if it comes to that again, as after a preemption.
      last = "";
      return;
    }
    String text = waiting.get().text();
    boolean news = !text.equals(last) && (saidMs == 0 || nowMs - saidMs >= APART_MS);
    if (news || nowMs - saidMs >= KEEP_ALIVE_MS) {
      last = text;
      saidMs = nowMs;
      out.accept(text);
    }
  }
}

package dev.ebb.router.app.http;

import dev.ebb.router.request.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The requests under way, so that the router's end can wait for them and cut off what takes too long. */
@ApplicationScoped
public class InFlight {
  private static final long POLL_MS = 20;

  /** One request that can be given up; the call comes from another thread. */
  interface Request {
    void giveUp(Refusal why);
  }

  private final Set<Request> requests = ConcurrentHashMap.newKeySet();
  private volatile boolean leaving;
  private volatile boolean draining;

  /**
   * @throws Refusal when the router is ending
   */
  void begin(Request request) {
    requests.add(request);
    if (draining) {
      requests.remove(request);
      throw Refusal.stopping();
    }
  }

  void end(Request request) {
    requests.remove(request);
  }

  /** Says to whoever asks that others should be asked from now on; requests are still taken. */
  public void leave() {
    leaving = true;
  }

  /** Whether callers should go elsewhere, since this router ends soon. */
  public boolean leaving() {
    return leaving;
  }

  /**
   * Takes no more requests, waits for those under way, and gives up what is left after {@code limitMs}.
   *
   * @return how many were given up
   */
  public int drain(long limitMs) throws InterruptedException {
    leaving = true;
    draining = true;
    await(limitMs);
    int left = requests.size();
    requests.forEach(request -> request.giveUp(Refusal.stopping()));
    await(500);
    return left;
  }

  private void await(long limitMs) throws InterruptedException {
    long end = System.nanoTime() + limitMs * 1_000_000;
    while (!requests.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(POLL_MS);
    }
  }
}

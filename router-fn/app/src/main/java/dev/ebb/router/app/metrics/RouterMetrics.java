package dev.ebb.router.app.metrics;

import dev.ebb.events.Usage;
import dev.ebb.router.app.model.ModelCatalog;
import dev.ebb.router.app.openai.Api;
import dev.ebb.router.app.platform.Platform;
import dev.ebb.router.demand.Demand;
import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.Phase;
import dev.ebb.router.quota.QuotaWait;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** All series of the router. Those that a scaler watches exist, at 0, from the start. */
@ApplicationScoped
public class RouterMetrics {
  private static final double[] SECONDS =
      {.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560};

  private final Counter requests = new Counter("ebb_router_requests_total",
      "Requests ended, by API and HTTP status (499: the caller left).", "model", "api", "status");
  private final Counter placements = new Counter("ebb_router_placements_total",
      "Prompts placed, by where and why.", "model", "placement", "reason");
  private final Counter retries = new Counter("ebb_router_retries_total",
      "Attempts repeated, by what ended the one before.", "model", "failure");
  private final Counter degraded = new Counter("ebb_degraded_total",
      "Requests that another model answered while this one waited for quota.", "model", "to");
  private final Counter duplicates = new Counter("ebb_duplicate_events_total",
      "Events that came again after they were answered, and got no second answer.", "model");
  private final Counter refusedBodies = new Counter("ebb_refused_bodies_total",
      "Requests refused since bodies under way took all the memory for them (EBB_MAX_HELD_BODY_BYTES).", "model");
  private final Counter tokens = new Counter("ebb_router_tokens_total",
      "Tokens of answered requests, by kind.", "model", "kind");
  private final Histogram firstToken = new Histogram("ebb_router_time_to_first_token_seconds",
      "From a streaming request's arrival to its first token, cold starts included.", SECONDS, "model");
  private final Histogram duration = new Histogram("ebb_router_request_seconds",
      "From a request's arrival to its end.", SECONDS, "model", "api");
  private final Histogram parkedTime = new Histogram("ebb_router_function_wait_seconds",
      "Time that requests waited for functions that were not ready.", SECONDS, "model");
  private final AtomicLong heldBodyBytes = new AtomicLong();
  private final List<Series> all;

  RouterMetrics(ModelCatalog catalog, Demand demand, Platform platform) {
    Gauge demands = new Gauge("ebb_demand", "gauge",
        "Requests that wait for or use a phase; its function runs while this is over 0.", "model", "phase");
    Gauge wakes = new Gauge("ebb_function_wakes_total", "counter", "Times demand rose from 0.", "model", "phase");
    Gauge parked = new Gauge("ebb_parked_requests", "gauge", "Requests waiting for a function.", "model", "phase");
    Gauge starts = new Gauge("ebb_function_starts_total", "counter", "Starts of a function.", "model", "phase");
    Gauge crashes = new Gauge("ebb_function_crashes_total", "counter",
        "Ends of a function that nobody asked for.", "model", "phase");
    Gauge states = new Gauge("ebb_function_state", "gauge",
        "1 for the state that a function is in, else 0.", "model", "phase", "state");
    Gauge waiting = new Gauge("ebb_waiting_for_quota", "gauge",
        "Requests that wait for a function which waits for quota.", "model", "phase");
    Gauge position = new Gauge("ebb_quota_position", "gauge",
        "Place of a function in the queue for quota, 1 for the next; 0 where it is in none.", "model", "phase");
    Gauge heldBodies = new Gauge("ebb_held_body_bytes", "gauge",
        "Bodies of requests under way, and what else of them counts to EBB_MAX_HELD_BODY_BYTES.", "model");
    for (String model : catalog.ids()) {
      heldBodies.add(heldBodyBytes::get, model);
      for (Phase phase : Phase.values()) {
        demands.add(() -> demand.value(model, phase), model, phase.label());
        wakes.add(() -> demand.wakes(model, phase), model, phase.label());
        waiting.add(() -> platform.waiting(phase).isPresent() ? platform.parked(phase) : 0, model, phase.label());
        position.add(() -> platform.waiting(phase).map(QuotaWait::position).orElse(0), model, phase.label());
        parked.add(() -> platform.parked(phase), model, phase.label());
        starts.add(() -> platform.starts(phase), model, phase.label());
        crashes.add(() -> platform.crashes(phase), model, phase.label());
        for (FunctionState state : FunctionState.values()) {
          states.add(() -> platform.state(phase) == state ? 1 : 0, model, phase.label(), state.label());
        }
      }
      existFromTheStart(model);
    }
    all = List.of(demands, states, parked, waiting, position, wakes, starts, crashes, requests, placements, retries,
        degraded, duplicates, heldBodies, refusedBodies, tokens, firstToken, duration, parkedTime);
  }

  private void existFromTheStart(String model) {
    for (Api api : Api.values()) {
      requests.add(0, model, api.label(), 200);
      duration.cell(model, api.label());
    }
    tokens.add(0, model, "prompt");
    tokens.add(0, model, "cached");
    tokens.add(0, model, "generated");
    duplicates.add(0, model);
    refusedBodies.add(0, model);
    firstToken.cell(model);
    parkedTime.cell(model);
  }

  /**
   * @param api label of the API; {@code event} for an event refused before its data said which
   */
  public void ended(String model, String api, int status, long tookMs) {
    requests.increment(model, api, status);
    duration.observe(tookMs / 1000.0, model, api);
  }

  public void placed(String model, String placement, String reason) {
    placements.increment(model, placement, reason);
  }

  public void retried(String model, String failure) {
    retries.increment(model, failure);
  }

  public void degraded(String model, String to) {
    degraded.increment(model, to);
  }

  public void duplicate(String model) {
    duplicates.increment(model);
  }

  /** Counts bytes of the one model that a router has; how many there are then. */
  public long heldBodies(long bytesMore) {
    return heldBodyBytes.addAndGet(bytesMore);
  }

  /** Before anything else was known of the request. */
  public void bodyRefused(String model) {
    refusedBodies.increment(model);
  }

  public void answered(String model, Usage usage) {
    tokens.add(usage.promptTokens(), model, "prompt");
    tokens.add(usage.cachedTokens(), model, "cached");
    tokens.add(usage.completionTokens(), model, "generated");
  }

  public void firstToken(String model, long tookMs) {
    firstToken.observe(tookMs / 1000.0, model);
  }

  public void waited(String model, long tookMs) {
    parkedTime.observe(tookMs / 1000.0, model);
  }

  /** All series as text. */
  public String text() {
    StringBuilder out = new StringBuilder(8192);
    all.forEach(series -> series.write(out));
    return out.toString();
  }
}

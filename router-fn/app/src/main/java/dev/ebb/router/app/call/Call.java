package dev.ebb.router.app.call;

import dev.ebb.events.EventTypes;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;

/** The one call to a function that a generation has open; can be broken off and held up. Confined to its context. */
final class Call {
  private HttpClientRequest request;
  private HttpClientResponse response;
  private boolean cancelled;
  private boolean paused;
  private boolean brokenOff;
  private String instance = "";
  private long begunMs = nowMs();

  /** Takes note of a call; breaks it off at once when it comes too late. */
  void begun(HttpClientRequest newRequest) {
    request = newRequest;
    response = null;
    instance = "";
    begunMs = nowMs();
    brokenOff = false;
    if (cancelled) {
      request.reset();
    }
  }

  void answered(HttpClientResponse newResponse) {
    response = newResponse;
    String name = response.getHeader(EventTypes.FUNCTION_HEADER);
    instance = name == null ? "" : name;
    if (paused) {
      response.pause();
    }
  }

  /** What the function that answers calls itself; empty while no function has answered. */
  String instance() {
    return instance;
  }

  /** When the running attempt began, in ms of {@link System#nanoTime}. */
  long begunMs() {
    return begunMs;
  }

  private static long nowMs() {
    return System.nanoTime() / 1_000_000;
  }

  /** The function sees its caller go and frees what the request held. */
  void cancel() {
    cancelled = true;
    if (request != null) {
      request.reset();
    }
  }

  /** The attempt is over: its connection may be somebody else's by now. */
  void ended() {
    request = null;
    response = null;
  }

  /** Ends the running attempt, if one is under way; the request lives on. */
  void breakOff() {
    if (request != null) {
      brokenOff = true;
      request.reset();
    }
  }

  /** Whether the last attempt was ended by {@link #breakOff}. */
  boolean brokenOff() {
    return brokenOff;
  }

  boolean cancelled() {
    return cancelled;
  }

  /** Stops reading until {@link #resume}, because the caller does not keep up. */
  void pause() {
    paused = true;
    if (response != null) {
      response.pause();
    }
  }

  void resume() {
    paused = false;
    if (response != null) {
      response.resume();
    }
  }
}

package dev.ebb.router.app.call;

import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;

/** The one call to a function that a generation has open; can be broken off and held up. Confined to its context. */
final class Call {
  private HttpClientRequest request;
  private HttpClientResponse response;
  private boolean cancelled;
  private boolean paused;

  /** Takes note of a call; breaks it off at once when it comes too late. */
  void begun(HttpClientRequest newRequest) {
    request = newRequest;
    response = null;
    if (cancelled) {
      request.reset();
    }
  }

  void answered(HttpClientResponse newResponse) {
    response = newResponse;
    if (paused) {
      response.pause();
    }
  }

  /** The function sees its caller go and frees what the request held. */
  void cancel() {
    cancelled = true;
    if (request != null) {
      request.reset();
    }
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

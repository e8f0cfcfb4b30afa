package dev.ebb.knative.deploy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks again what the cluster could not answer just then. After an outage of the API server, admission webhooks are
 * away until their controllers have started again, which takes a minute after several outages in a row.
 */
final class Patience {
  private static final int TOO_MANY = 429;
  private static final Set<Integer> LATER = Set.of(TOO_MANY, HttpURLConnection.HTTP_UNAVAILABLE,
      HttpURLConnection.HTTP_GATEWAY_TIMEOUT);
  private static final List<String> WEBHOOK = List.of("failed calling webhook", "conversion webhook for");
  /** What the API server says of a webhook that nobody serves just now, whatever status the answer has. */
  private static final List<String> AWAY = List.of("connection refused", "connection reset", "no endpoints available",
      "no route to host", "context deadline exceeded", "i/o timeout", "EOF");

  private final Duration limit;
  private final Duration pause;
  private final Consumer<String> tell;

  /**
   * A patience.
   *
   * @param limit for how long one question is asked again
   * @param pause how long it waits between two
   */
  Patience(Duration limit, Duration pause, Consumer<String> tell) {
    this.limit = limit;
    this.pause = pause;
    this.tell = tell;
  }

  /**
   * The answer to a question about an object.
   *
   * @throws KubernetesClientException the last one where the time is over, the first one that time does not mend
   */
  <T> T ask(ObjectName object, Supplier<T> question) {
    Instant end = Instant.now().plus(limit);
    boolean told = false;
    while (true) {
      try {
        return question.get();
      } catch (KubernetesClientException e) {
        if (!passes(e) || Instant.now().isAfter(end) || !slept()) {
          throw e;
        }
        if (!told) {
          told = true;
          tell.accept("waits       " + Refusal.sentence(object, e));
        }
      }
    }
  }

  /** Whether the same may be taken in a moment. */
  static boolean passes(KubernetesClientException failure) {
    String message = String.valueOf(failure.getMessage());
    boolean webhook = WEBHOOK.stream().anyMatch(message::contains) && AWAY.stream().anyMatch(message::contains);
    // Without a status there was no answer at all.
    return webhook || LATER.contains(failure.getCode()) || (failure.getCode() <= 0 && isBroken(failure));
  }

  private static boolean isBroken(Throwable failure) {
    return failure instanceof IOException || (failure.getCause() != null && isBroken(failure.getCause()));
  }

  private boolean slept() {
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

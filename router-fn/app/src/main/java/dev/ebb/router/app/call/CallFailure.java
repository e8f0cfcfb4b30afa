package dev.ebb.router.app.call;

import dev.ebb.events.ErrorBody;
import dev.ebb.events.EventJson;
import dev.ebb.router.function.Phase;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.request.Refusal.Kind;
import dev.ebb.router.retry.RetryPolicy.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A call to a function that gave no answer: whether to try again, and what to say if that is over. */
final class CallFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int WORDS_MAX = 120;

  private final Failure failure;
  private final Refusal refusal;

  private CallFailure(Failure failure, Refusal refusal) {
    super(refusal.getMessage(), null, false, false);
    this.failure = failure;
    this.refusal = refusal;
  }

  Failure failure() {
    return failure;
  }

  /** What the caller is told when there is no further attempt. */
  Refusal refusal() {
    return refusal;
  }

  /** The connection broke, or the answer ended too early. */
  static CallFailure crashed(Phase phase, String how) {
    return new CallFailure(Failure.CRASHED, Refusal.later(Kind.UNAVAILABLE, "function_crashed",
        "The " + phase.label() + " function ended while it worked on this request (" + how + "); send it again.",
        1_000));
  }

  /** The function was ended from outside before its answer was complete. */
  static CallFailure taken(Phase phase, String how) {
    return new CallFailure(Failure.TAKEN, Refusal.later(Kind.UNAVAILABLE, "function_taken",
        "The " + phase.label() + " function was stopped while it worked on this request (" + how + "); send it again.",
        1_000));
  }

  /** No function took the request. */
  static CallFailure notReached(Phase phase, String how) {
    return new CallFailure(Failure.NOT_REACHED, Refusal.later(Kind.UNAVAILABLE, "function_unavailable",
        "The " + phase.label() + " function could not be reached (" + how + ").", 1_000));
  }

  /** The same event, seen otherwise. */
  CallFailure as(Failure other) {
    return new CallFailure(other, refusal);
  }

  /** Whether the connection broke, rather than the function saying what is wrong. */
  boolean broken() {
    return failure == Failure.CRASHED && "function_crashed".equals(refusal.code());
  }

  /** The caller left, or the time is over. */
  static CallFailure cancelled(Refusal why) {
    return new CallFailure(Failure.FINAL, why);
  }

  /**
   * An error of somebody on the way: an ingress, Knative's activator, its queue-proxy. That they cannot pass a request
   * on now says nothing about the request.
   */
  static CallFailure onTheWay(Phase phase, int status, byte[] body) {
    String said = new String(body, 0, Math.min(body.length, WORDS_MAX), StandardCharsets.UTF_8).strip();
    String how = "status " + status + " from the way to it" + (said.isEmpty() ? "" : ": " + said);
    boolean passes = status >= 500 || status == 404 || status == 408 || status == 429;
    return passes ? notReached(phase, how) : new CallFailure(Failure.FINAL, Refusal.of(Kind.INTERNAL, null,
        "request_not_passed_on", "The request did not get to the " + phase.label() + " function: " + how + "."));
  }

  /** An error that a function gave, with a status. */
  static CallFailure of(Phase phase, int status, byte[] body) {
    ErrorBody.Detail detail = detail(body).orElseGet(() -> new ErrorBody.Detail(
        "The " + phase.label() + " function answered with status " + status + ".", "server_error", null, null));
    if (status == 503) {
      return new CallFailure(Failure.NOT_NOW,
          Refusal.later(Kind.UNAVAILABLE, code(detail, "function_unavailable"), detail.message(), 1_000));
    }
    if (status == 429) {
      return new CallFailure(Failure.FINAL,
          Refusal.later(Kind.TOO_MANY, code(detail, "function_busy"), detail.message(), 1_000));
    }
    if (status >= 400 && status < 500) {
      return new CallFailure(Failure.FINAL, Refusal.invalid(detail.param(), detail.code(), detail.message()));
    }
    return of(phase, detail);
  }

  /** An error of the function itself, as a status or in the middle of a stream: worth a second attempt. */
  static CallFailure of(Phase phase, ErrorBody.Detail detail) {
    if ("invalid_request_error".equals(detail.type())) {
      return new CallFailure(Failure.FINAL, Refusal.invalid(detail.param(), detail.code(), detail.message()));
    }
    return new CallFailure(Failure.CRASHED, Refusal.of(Kind.INTERNAL, detail.param(), code(detail, "internal_error"),
        "The " + phase.label() + " function failed: " + detail.message()));
  }

  private static String code(ErrorBody.Detail detail, String otherwise) {
    return detail.code() == null ? otherwise : detail.code();
  }

  private static Optional<ErrorBody.Detail> detail(byte[] body) {
    try {
      return Optional.ofNullable(EventJson.MAPPER.readValue(body, ErrorBody.class)).map(ErrorBody::error)
          .filter(detail -> detail.message() != null);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

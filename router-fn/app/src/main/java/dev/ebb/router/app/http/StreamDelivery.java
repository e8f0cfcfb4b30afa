package dev.ebb.router.app.http;

import dev.ebb.events.Usage;
import dev.ebb.router.app.call.Answer;
import dev.ebb.router.app.metrics.RouterMetrics;
import dev.ebb.router.quota.QuotaWait;
import dev.ebb.router.request.Refusal;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.parsetools.RecordParser;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** Brings one streamed answer to its caller. Confined to the connection's context. */
final class StreamDelivery implements QuotaTurn.Ways {
  private static final String DONE = "data: [DONE]";

  private final Exchange exchange;
  private final RoutingContext context;
  private final Answer answer;
  private final QuotaTurn turn;
  private final EventWriter writer;
  private final WaitingLines lines;
  private boolean headWasEarly;
  private QuotaWait elsewhereWhy;
  private RecordParser other;
  private boolean otherDone;

  StreamDelivery(Exchange exchange, RoutingContext context, QuotaTurn turn, RouterMetrics metrics, String model) {
    this.exchange = exchange;
    this.context = context;
    this.turn = turn;
    answer = turn.answer();
    writer = new EventWriter(context.response(), this::head,
        () -> first(metrics, model), this::pause, this::resume);
    lines = new WaitingLines(writer::comment);
  }

  void begin() {
    turn.watch(this);
    answer.stream(writer::event).onComplete(done -> {
      turn.end();
      if (turn.elsewhere()) {
        return;
      }
      if (done.succeeded()) {
        succeeded(done.result());
      } else {
        fails(done.cause());
      }
    });
  }

  @Override
  public void waits(Optional<QuotaWait> waiting) {
    lines.look(waiting, System.nanoTime() / 1_000_000);
  }

  @Override
  public boolean free() {
    return !writer.begun();
  }

  /** The other router's stream as it comes, with a line for people where the head was out before. */
  @Override
  public void elsewhere(HttpClientResponse head, QuotaWait why) {
    if (head.statusCode() != 200) {
      head.body().onComplete(read -> fails(read.failed() ? read.cause() : refusal(head, read.result().getBytes())));
      return;
    }
    elsewhereWhy = why;
    if (writer.headSent()) {
      writer.comment(Degrade.HEADER + ": " + turn.says(why));
    }
    pass(head);
  }

  /** Event by event: of a stream that breaks off within one, no half of it may stand before the error. */
  private void pass(HttpClientResponse head) {
    other = RecordParser.newDelimited("\n\n", head);
    other.exceptionHandler(cause -> fails(brokenOff()));
    other.endHandler(ended -> {
      if (!otherDone) {
        fails(brokenOff());
      } else if (exchange.answeredElsewhere()) {
        writer.end();
      }
    });
    other.handler(event -> {
      otherDone |= event.toString().equals(DONE);
      if (exchange.open()) {
        writer.pass(event);
      }
    });
  }

  private static Refusal brokenOff() {
    return Refusal.later(Refusal.Kind.UNAVAILABLE, "degrade_failed",
        "The router of the model that stands in broke its answer off; send the request again.", 1_000);
  }

  /** Before the head is out an error has a status; after, it travels as an event, which clients look for. */
  @Override
  public void fails(Throwable cause) {
    if (!context.response().headWritten()) {
      exchange.refuse(cause);
    } else if (exchange.end(Errors.status(Errors.of(cause, context)))) {
      writer.error(Errors.body(Errors.of(cause, context)));
    }
  }

  private void pause() {
    if (other == null) {
      answer.pause();
    } else {
      other.pause();
    }
  }

  private void resume() {
    if (other == null) {
      answer.resume();
    } else {
      other.resume();
    }
  }

  private void first(RouterMetrics metrics, String model) {
    metrics.firstToken(model, exchange.elapsedMs());
    if (headWasEarly) {
      exchange.countWait(answer);
    }
  }

  private void head() {
    if (elsewhereWhy != null) {
      context.response().putHeader(Degrade.HEADER, turn.says(elsewhereWhy));
      return;
    }
    headWasEarly = answer.waiting().isPresent();
    if (headWasEarly) {
      exchange.tellPlacement(answer);
    } else {
      exchange.tell(answer);
    }
  }

  private void succeeded(Usage usage) {
    if (exchange.answered(usage)) {
      writer.done();
    }
  }

  private static Throwable refusal(HttpClientResponse head, byte[] body) {
    try {
      QuotaTurn.read(head.statusCode(), body);
      return new IllegalStateException("no refusal in an answer with status " + head.statusCode());
    } catch (RuntimeException e) {
      return e;
    }
  }
}

package dev.ebb.runtime.http;

import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import dev.ebb.events.Work;
import dev.ebb.runtime.config.EbbConfig;
import dev.ebb.runtime.start.InFlight;
import dev.ebb.runtime.work.Caller;
import dev.ebb.runtime.work.RefusedException;
import dev.ebb.runtime.work.Submissions;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Locale;
import org.jboss.logging.Logger;

/**
 * Stands before Funqy on {@code POST /}: lets only events in that a function here can answer, streams
 * where the caller asks for it, and leaves the rest to Funqy. Turns every failure into an error body.
 */
@Singleton
public class FunctionRoutes {
  private static final Logger LOG = Logger.getLogger(FunctionRoutes.class);

  /** After Quarkus's reader of bodies, before its own routes, which count from 0. */
  private static final int ORDER = -1000;

  private final EbbConfig config;
  private final StreamBacklog backlog;
  private final InFlight inFlight;
  private final Submissions submissions;

  @Inject
  FunctionRoutes(EbbConfig config, InFlight inFlight, Submissions submissions) {
    this.config = config;
    backlog = new StreamBacklog(config.stream().eventsMax());
    this.inFlight = inFlight;
    this.submissions = submissions;
  }

  void install(@Observes Router router) {
    String instance = instance();
    router.route().order(Integer.MIN_VALUE).handler(context -> {
      context.response().putHeader(EventTypes.FUNCTION_HEADER, instance);
      context.next();
    });
    router.route().order(ORDER).failureHandler(FunctionRoutes::fail);
    router.route().order(ORDER).handler(this::route);
  }

  /** The host's name, which on a cluster is the pod's; where there is none, the process's number. */
  private static String instance() {
    String host = System.getenv("HOSTNAME");
    return host == null || host.isBlank() ? "pid-" + ProcessHandle.current().pid() : host;
  }

  private void route(RoutingContext context) {
    String path = context.normalizedPath();
    if (path.equals("/metrics") || path.startsWith("/q/")) {
      context.next();
    } else if (!path.equals("/")) {
      context.fail(404);
    } else if (context.request().method() != HttpMethod.POST) {
      context.fail(405);
    } else {
      event(context);
    }
  }

  private void event(RoutingContext context) {
    EventHead head = EventHead.of(context);
    if (!config.function().accepts().contains(head.type())) {
      throw RefusedException.invalid(404, "type", "unknown_event_type", "no function here takes events of type "
          + head.type() + "; this one takes " + String.join(", ", config.function().accepts()));
    }
    inFlight.begin();
    context.addEndHandler(ended -> inFlight.end());
    submissions.ready();
    Caller caller = Caller.watch(context);
    if (head.type().equals(EventTypes.DECODE_REQUESTED) && acceptsStream(context)) {
      stream(context, head.work(), caller);
    } else {
      context.next();
    }
  }

  private static boolean acceptsStream(RoutingContext context) {
    String accept = context.request().getHeader("accept");
    return accept != null && accept.toLowerCase(Locale.ROOT).contains("text/event-stream");
  }

  private void stream(RoutingContext context, Work work, Caller caller) {
    Context loop = context.vertx().getOrCreateContext();
    Submissions.Ticket ticket = new Submissions.Ticket();
    EventStream stream = new EventStream(loop, new ResponseSink(context.request()), backlog,
        () -> {
          LOG.warnf("request %s: its reader is too far behind and is cut off; %d events of others wait",
              work.requestId(), backlog.waiting());
          ticket.cancel();
        });
    caller.whenGone(ticket::cancel);
    submissions.submit(work, Phase.DECODE,
        new StreamedAnswer(stream, cause -> loop.runOnContext(ignored -> context.fail(cause))), ticket);
  }

  private static void fail(RoutingContext context) {
    Throwable failure = context.failure();
    ErrorReply reply = failure == null ? ErrorReply.of(context.statusCode()) : ErrorReply.of(failure);
    if (!reply.expected()) {
      LOG.errorf(failure, "%s %s failed", context.request().method(), context.request().path());
    }
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed() || response.headWritten()) {
      return;
    }
    if (reply.status() == 503) {
      response.putHeader("retry-after", "1");
    }
    if (reply.status() == 413 && context.request().version() != HttpVersion.HTTP_2) {
      // The rest of the body is not read, so nothing else can follow on this connection.
      response.putHeader("connection", "close");
    }
    response.setStatusCode(reply.status()).putHeader("content-type", "application/json")
        .end(Buffer.buffer(EventJson.write(reply.body())));
  }
}

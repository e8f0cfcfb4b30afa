package dev.ebb.router.app.http;

import dev.ebb.router.app.event.EventGate;
import dev.ebb.router.app.metrics.RouterMetrics;
import dev.ebb.router.app.openai.Api;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.request.Refusal.Kind;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/** Which path does what. Stands before all else that Quarkus serves; only {@code /q/} and events pass through. */
@ApplicationScoped
public class RouterRoutes {
  /** After Quarkus's reader of bodies, before its own routes, which count from 0. */
  private static final int ORDER = -1000;
  private static final String REQUEST_ID = "x-request-id";
  private static final Pattern REQUEST_ID_FORM = Pattern.compile("[\\x21-\\x7e]{1,128}");

  private final ModelsEndpoint models;
  private final EventGate events;
  private final Map<String, Target> targets;

  private record Target(HttpMethod method, Handler<RoutingContext> handler) {}

  RouterRoutes(GenerateEndpoint generate, ModelsEndpoint models, TokenizeEndpoint tokenize, EventGate events,
      RouterMetrics metrics) {
    this.models = models;
    this.events = events;
    Handler<RoutingContext> scrape = context -> context.response()
        .putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8").end(metrics.text());
    targets = Map.of(
        "/v1/chat/completions", new Target(HttpMethod.POST, context -> generate.handle(Api.CHAT, context)),
        "/v1/completions", new Target(HttpMethod.POST, context -> generate.handle(Api.COMPLETION, context)),
        "/v1/models", new Target(HttpMethod.GET, models::list),
        "/tokenize", new Target(HttpMethod.POST, tokenize::tokenize),
        "/detokenize", new Target(HttpMethod.POST, tokenize::detokenize),
        "/metrics", new Target(HttpMethod.GET, scrape),
        "/q/metrics", new Target(HttpMethod.GET, scrape));
  }

  void install(@Observes Router router) {
    router.route().order(Integer.MIN_VALUE).handler(RouterRoutes::requestId);
    router.route().order(ORDER).failureHandler(Errors::handle);
    router.route().order(ORDER).handler(this::route);
    // What passes to Quarkus under /q/ and is not there either.
    router.errorHandler(404, context -> Errors.write(context, Errors.notFound(context.normalizedPath())));
  }

  private static void requestId(RoutingContext context) {
    String id = context.request().getHeader(REQUEST_ID);
    boolean usable = id != null && REQUEST_ID_FORM.matcher(id).matches();
    context.response().putHeader(REQUEST_ID, usable ? id : UUID.randomUUID().toString());
    context.next();
  }

  private void route(RoutingContext context) {
    String path = context.normalizedPath();
    Target target = targets.get(path);
    if (target == null && path.startsWith(ModelsEndpoint.PREFIX) && path.length() > ModelsEndpoint.PREFIX.length()) {
      target = new Target(HttpMethod.GET, models::one);
    }
    if (target != null) {
      allow(context, target.method(), target.handler());
    } else if (path.equals("/")) {
      allow(context, HttpMethod.POST, events);
    } else if (path.startsWith("/q/")) {
      context.next();
    } else {
      Errors.write(context, Errors.notFound(path));
    }
  }

  private static void allow(RoutingContext context, HttpMethod method, Handler<RoutingContext> handler) {
    if (context.request().method().equals(method)) {
      handler.handle(context);
      return;
    }
    context.response().putHeader("allow", method.name());
    Errors.write(context, Refusal.of(Kind.UNSUPPORTED, null, "method_not_allowed",
        context.request().method() + " is not allowed at " + context.normalizedPath() + "; use " + method + "."));
  }
}

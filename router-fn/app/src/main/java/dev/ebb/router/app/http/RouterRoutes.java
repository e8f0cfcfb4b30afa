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
  private static final String FORM = "application/x-www-form-urlencoded";
  /** What is surely not JSON; a client that names another type, or none, may still mean it. */
  private static final Pattern NOT_JSON =
      Pattern.compile("\\s*((multipart|image|audio|video|font)/|[^;]*[/+](xml|html)\\b).*", Pattern.CASE_INSENSITIVE);
  private static final Pattern REQUEST_ID_FORM = Pattern.compile("[\\x21-\\x7e]{1,128}");

  private final ModelsEndpoint models;
  private final EventGate events;
  private final InFlight inFlight;
  private final HeldBodies bodies;
  private final RequestHead heads;
  private final Uploads uploads;
  private final Map<String, Target> targets;

  private record Target(HttpMethod method, Handler<RoutingContext> handler) {}

  RouterRoutes(GenerateEndpoint generate, ModelsEndpoint models, TokenizeEndpoint tokenize, EventGate events,
      RouterMetrics metrics, InFlight inFlight, HeldBodies bodies, RequestHead heads, Uploads uploads) {
    this.models = models;
    this.events = events;
    this.inFlight = inFlight;
    this.bodies = bodies;
    this.heads = heads;
    this.uploads = uploads;
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
    router.route().order(Integer.MIN_VALUE).handler(this::prepare);
    router.route().order(ORDER).failureHandler(Errors::handle);
    router.route().order(ORDER).handler(this::route);
    // What passes to Quarkus under /q/ and is not there either.
    router.errorHandler(404, context -> Errors.write(context, Errors.notFound(context.normalizedPath())));
  }

  private void prepare(RoutingContext context) {
    String id = context.request().getHeader(REQUEST_ID);
    boolean usable = id != null && REQUEST_ID_FORM.matcher(id).matches();
    context.response().putHeader(REQUEST_ID, usable ? id : UUID.randomUUID().toString());
    if (!heads.check(context)) {
      return;
    }
    if (inFlight.leaving()) {
      // A connection that is kept alive would bring its next request here.
      Errors.sayClose(context);
    }
    String contentType = context.request().getHeader("content-type");
    // So curl -d marks JSON when it is not told better; read as a form it would be cut apart. An event's type is its
    // data's, and taken at its word.
    boolean form = contentType != null && contentType.regionMatches(true, 0, FORM, 0, FORM.length());
    if (form && !"/".equals(context.request().path())) {
      context.request().headers().set("content-type", "application/json");
    }
    uploads.begin(context);
    context.next();
  }

  private void route(RoutingContext context) {
    uploads.end(context);
    if (context.response().ended()) {
      // Refused while its body came.
      return;
    }
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

  private void allow(RoutingContext context, HttpMethod method, Handler<RoutingContext> handler) {
    HttpMethod asked = context.request().method();
    boolean head = method.equals(HttpMethod.GET) && asked.equals(HttpMethod.HEAD);
    if (head || asked.equals(method)) {
      checkMedia(context, method);
      bodies.hold(context);
      handler.handle(context);
      return;
    }
    context.response().putHeader("allow", method.equals(HttpMethod.GET) ? "GET, HEAD" : method.name());
    Errors.write(context, Refusal.of(Kind.UNSUPPORTED, null, "method_not_allowed",
        context.request().method() + " is not allowed at " + context.normalizedPath() + "; use " + method + "."));
  }

  private static void checkMedia(RoutingContext context, HttpMethod method) {
    String contentType = context.request().getHeader("content-type");
    if (method.equals(HttpMethod.POST) && contentType != null && NOT_JSON.matcher(contentType).matches()) {
      throw Refusal.of(Kind.UNSUPPORTED, null, "unsupported_media_type",
          "The body must be JSON; send it with content-type: application/json, not " + contentType + ".");
    }
  }
}

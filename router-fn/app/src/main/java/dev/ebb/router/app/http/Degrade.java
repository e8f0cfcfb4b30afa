package dev.ebb.router.app.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.events.EventJson;
import dev.ebb.router.app.config.ClusterSettings;
import dev.ebb.router.app.config.ClusterSettings.WhenWaiting;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.metrics.RouterMetrics;
import dev.ebb.router.app.openai.Api;
import dev.ebb.router.app.platform.Endpoint;
import dev.ebb.router.app.platform.Platform;
import dev.ebb.router.function.Phase;
import dev.ebb.router.quota.QuotaWait;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.request.Refusal.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What becomes of a request whose model waits for quota, other than waiting: another model's router, or a refusal. */
@ApplicationScoped
public class Degrade {
  /** On the answer: whose place another model took, and why. */
  static final String HEADER = "x-ebb-degraded";
  /** On the request that is passed on, so that it is not passed on again. */
  static final String FROM_HEADER = "x-ebb-degraded-from";
  private static final int CONNECT_MS = 5_000;
  private static final byte[] NOTHING = {};
  private static final long RETRY_AFTER_MS = 30_000;

  private final RouterSettings settings;
  private final ClusterSettings cluster;
  private final Platform platform;
  private final RouterMetrics metrics;
  private final HttpClient http;

  Degrade(RouterSettings settings, Platform platform, RouterMetrics metrics, Vertx vertx) {
    this.settings = settings;
    this.platform = platform;
    this.metrics = metrics;
    cluster = settings.cluster();
    http = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout(CONNECT_MS).setMaxPoolSize(4096));
  }

  /** What to do with a request now. */
  sealed interface Choice {
    /** Another model answers. */
    record Elsewhere(QuotaWait why) implements Choice {}

    /** Nobody does. */
    record No(Refusal refusal) implements Choice {}
  }

  /** Whether functions stand in a queue for quota, so that there is something to tell. */
  boolean queues() {
    return cluster.queue().isPresent();
  }

  /** A request's body if it may have to be passed on, for as long as the request lives; else nothing. */
  public byte[] kept(Supplier<byte[]> body) {
    return cluster.whenWaiting() == WhenWaiting.DEGRADE ? body.get() : NOTHING;
  }

  /**
   * What to do now; empty where the request goes its way, and waits if it must.
   *
   * @param passedOn whether another router gave it up already
   */
  Optional<Choice> choose(boolean passedOn) {
    if (cluster.whenWaiting() == WhenWaiting.WAIT || passedOn) {
      return Optional.empty();
    }
    Optional<QuotaWait> waiting = platform.waiting(Phase.DECODE);
    if (cluster.whenWaiting() == WhenWaiting.REFUSE) {
      return waiting.map(wait -> new Choice.No(Refusal.later(Kind.UNAVAILABLE, "waiting_for_quota",
          "The model `" + settings.modelId() + "` is " + wait.text() + "; try again later.", RETRY_AFTER_MS)));
    }
    return waiting.filter(wait -> platform.canDegrade()).map(Choice.Elsewhere::new);
  }

  /** The header that says so. */
  String header(QuotaWait why) {
    return "from=" + settings.modelId() + "; reason=" + why.text();
  }

  /**
   * Sends a request to the other model's router; completes with the head of its answer.
   *
   * @param begun told the call once there is one, so that it can be broken off before its answer begins
   */
  Future<HttpClientResponse> send(Api api, byte[] body, Consumer<HttpClientRequest> begun) {
    String other = cluster.degradeModel().orElseThrow();
    Endpoint router = Endpoint.of(cluster.degradeUrl().orElseThrow());
    metrics.degraded(settings.modelId(), other);
    byte[] changed;
    try {
      ObjectNode json = EventJson.read(body, ObjectNode.class);
      changed = EventJson.write(json.put("model", other));
    } catch (InvalidParameterException e) {
      return Future.failedFuture(e);
    }
    return http.request(new RequestOptions().setMethod(HttpMethod.POST).setHost(router.host()).setPort(router.port())
            .setURI(api.path()))
        .compose(request -> {
          begun.accept(request);
          return request.putHeader("content-type", "application/json")
              .putHeader(FROM_HEADER, settings.modelId()).send(Buffer.buffer(changed));
        })
        .recover(cause -> Future.failedFuture(Refusal.later(Kind.UNAVAILABLE, "degrade_unreachable",
            "The model `" + settings.modelId() + "` waits for quota, and the router of `" + other
                + "`, which stands in for it, cannot be reached: " + cause.getMessage() + ".", 5_000)));
  }
}

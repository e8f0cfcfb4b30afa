package dev.ebb.router.app.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.router.app.testing.FakeFunction.Behaviour;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** The router of the model that stands in where a router has {@link ClusterProfile}. */
public final class OtherRouter {
  public static final FakeFunction OTHER =
      new FakeFunction(Vertx.vertx(), Integer.getInteger(ClusterProfile.OTHER_PORT), OtherRouter::answer);

  /** An event, half of another, and the end of the connection. */
  public static final Behaviour BREAKS_OFF = (request, body) ->
      half(request, body).onComplete(written -> request.connection().close());

  /** An event, half of another, and no more. */
  public static final Behaviour HANGS = (request, body) -> half(request, body);

  private OtherRouter() {}

  private static void answer(HttpServerRequest request, JsonNode body) {
    boolean stream = body.path("stream").asBoolean();
    request.response().putHeader("content-type", stream ? "text/event-stream" : "application/json")
        .end(stream ? "data: " + json(body) + "\n\ndata: [DONE]\n\n" : json(body));
  }

  private static Future<Void> half(HttpServerRequest request, JsonNode body) {
    HttpServerResponse response = request.response().setChunked(true).putHeader("content-type", "text/event-stream");
    return response.write("data: " + json(body) + "\n\ndata: {\"mod");
  }

  private static String json(JsonNode body) {
    return "{\"model\":\"" + body.path("model").asText() + "\",\"choices\":[]}";
  }
}

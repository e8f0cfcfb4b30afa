package dev.ebb.router.app.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.router.app.model.ModelCatalog;
import dev.ebb.router.app.model.ServedModel;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/** {@code /v1/models}: every model is listed whether or not its functions run. */
@ApplicationScoped
public class ModelsEndpoint {
  static final String PREFIX = "/v1/models/";

  private final ModelCatalog catalog;

  ModelsEndpoint(ModelCatalog catalog) {
    this.catalog = catalog;
  }

  void list(RoutingContext context) {
    Blocking.answer(context, () -> {
      ObjectNode node = JsonNodeFactory.instance.objectNode().put("object", "list");
      ArrayNode data = node.putArray("data");
      catalog.ids().forEach(id -> data.add(model(catalog.get(id))));
      return node;
    });
  }

  void one(RoutingContext context) {
    // Clients that know of no slash in an id write it as %2F.
    String id = context.normalizedPath().substring(PREFIX.length()).replaceAll("(?i)%2f", "/");
    Blocking.answer(context, () -> model(catalog.get(id)));
  }

  private static ObjectNode model(ServedModel model) {
    return JsonNodeFactory.instance.objectNode()
        .put("id", model.id())
        .put("object", "model")
        .put("created", model.createdSeconds())
        .put("owned_by", "ebb")
        .put("root", model.id())
        .putNull("parent")
        .put("max_model_len", model.maxModelLen());
  }
}

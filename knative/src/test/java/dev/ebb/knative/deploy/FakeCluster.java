package dev.ebb.knative.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.cluster.LoopbackApi;
import dev.ebb.knative.render.ObjectKind;
import dev.ebb.knative.render.Rendering;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** An API server that keeps what is applied and lets go of what is deleted; no controller runs behind it. */
final class FakeCluster implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<ObjectKind> KINDS = Stream.concat(Rendering.kinds().stream(),
      Stream.of("Secret", "ConfigMap", "Pod").map(kind -> new ObjectKind("v1", kind, false))).toList();

  /** Method and path of every call that changes something; one that only tries is TRY. */
  final List<String> changes = new CopyOnWriteArrayList<>();
  /** What happens beside a call that changes something, before its answer. */
  private BiConsumer<String, ObjectNode> beside = (call, object) -> {};
  private final Map<String, ObjectNode> objects = new TreeMap<>();
  /** Looks that an object outlives its deletion by. */
  private final Map<String, Integer> lingers = new HashMap<>();
  private final LoopbackApi server = new LoopbackApi(this::answer);
  private int version;

  Api api() {
    return server.api();
  }

  /** Where an object of a kind is. */
  static String path(ObjectKind kind, String namespace, String name) {
    String group = kind.group().isEmpty() ? "/api/" : "/apis/";
    return group + kind.apiVersion() + (kind.clusterWide() ? "" : "/namespaces/" + namespace) + "/" + plural(kind)
        + "/" + name;
  }

  /** Puts an object there, from YAML. */
  synchronized void has(String yaml) {
    // What begins with a brace would be taken for JSON.
    ObjectNode object = JSON.valueToTree(new KubernetesSerialization().unmarshal("---\n" + yaml, Map.class));
    ObjectKind kind = KINDS.stream().filter(one -> one.apiVersion().equals(object.path("apiVersion").asText())
        && one.kind().equals(object.path("kind").asText())).findFirst().orElseThrow();
    JsonNode metadata = object.path("metadata");
    store(path(kind, metadata.path("namespace").asText(), metadata.path("name").asText()), object);
  }

  synchronized boolean holds(String path) {
    return objects.containsKey(path);
  }

  synchronized JsonNode object(String path) {
    return objects.get(path);
  }

  synchronized void drop(String path) {
    objects.remove(path);
  }

  synchronized void linger(String path, int looks) {
    lingers.put(path, looks);
  }

  void beside(BiConsumer<String, ObjectNode> what) {
    beside = what;
  }

  private static String plural(ObjectKind kind) {
    String word = kind.kind().toLowerCase(Locale.ROOT);
    return word.endsWith("y") ? word.substring(0, word.length() - 1) + "ies" : word.endsWith("s") ? word + "es"
        : word + "s";
  }

  private void store(String path, ObjectNode object) {
    ObjectNode old = objects.get(path);
    if (old != null && old.has("status") && !object.has("status")) {
      object.set("status", old.get("status"));
    }
    ObjectNode metadata = (ObjectNode) object.get("metadata");
    metadata.put("generation", 1);
    metadata.put("resourceVersion", old == null ? "" : old.at("/metadata/resourceVersion").asText());
    if (!object.equals(old)) {
      metadata.put("resourceVersion", Integer.toString(++version));
    }
    objects.put(path, object);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    JsonNode answer = switch (exchange.getRequestMethod()) {
      case "PATCH" -> applied(path, query, (ObjectNode) JSON.readTree(exchange.getRequestBody()));
      case "DELETE" -> deleted(path);
      default -> read(path, query);
    };
    byte[] body = (answer == null ? "{}" : answer.toString()).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private JsonNode applied(String path, String query, ObjectNode object) {
    boolean tried = query.contains("dryRun");
    changes.add((tried ? "TRY " : "PATCH ") + path);
    if (!tried) {
      beside.accept("PATCH " + path, object);
      store(path, object);
    }
    return tried && holds(path) ? objects.get(path) : object;
  }

  private JsonNode deleted(String path) {
    changes.add("DELETE " + path);
    ObjectNode object = objects.get(path);
    if (object != null) {
      beside.accept("DELETE " + path, object);
      ((ObjectNode) object.get("metadata")).put("deletionTimestamp", "2026-01-01T00:00:00Z");
      if (!lingers.containsKey(path)) {
        drop(path);
      }
    }
    return object;
  }

  private JsonNode read(String path, String query) {
    List<ObjectKind> served = KINDS.stream().filter(kind -> path.equals("/api/" + kind.apiVersion())
        || path.equals("/apis/" + kind.apiVersion())).toList();
    if (!served.isEmpty()) {
      return discovery(served);
    }
    boolean list = KINDS.stream().anyMatch(kind -> path.endsWith("/" + plural(kind)));
    return list ? list(path, query) : one(path);
  }

  private JsonNode one(String path) {
    ObjectNode found = objects.get(path);
    boolean goes = found != null && found.path("metadata").has("deletionTimestamp");
    if (goes && lingers.merge(path, -1, Integer::sum) <= 0) {
      drop(path);
    }
    return found;
  }

  private static JsonNode discovery(List<ObjectKind> kinds) {
    ObjectNode list = JSON.createObjectNode().put("kind", "APIResourceList").put("apiVersion", "v1");
    ArrayNode resources = list.put("groupVersion", kinds.getFirst().apiVersion()).putArray("resources");
    kinds.forEach(kind -> resources.addObject().put("name", plural(kind)).put("kind", kind.kind())
        .put("namespaced", !kind.clusterWide()).putArray("verbs"));
    return list;
  }

  /** Of one namespace, or of all. */
  private JsonNode list(String path, String query) {
    String last = path.substring(path.lastIndexOf('/'));
    String group = path.contains("/namespaces/") ? path.substring(0, path.indexOf("/namespaces/"))
        : path.substring(0, path.length() - last.length());
    ObjectNode list = JSON.createObjectNode().put("kind", "List").put("apiVersion", "v1");
    list.putObject("metadata");
    ArrayNode items = list.putArray("items");
    objects.forEach((at, object) -> {
      String folder = at.substring(0, at.lastIndexOf('/'));
      boolean inside = path.contains("/namespaces/") ? folder.equals(path)
          : folder.equals(path) || folder.startsWith(group + "/namespaces/") && folder.endsWith(last);
      if (inside && fits(object.at("/metadata/labels"), query)) {
        items.add(object);
      }
    });
    return list;
  }

  private static boolean fits(JsonNode labels, String query) {
    return Stream.of(query.split("&")).filter(part -> part.startsWith("labelSelector="))
        .flatMap(part -> Stream.of(part.substring("labelSelector=".length()).split(",")))
        .allMatch(label -> labels.path(label.substring(0, label.indexOf('='))).asText()
            .equals(label.substring(label.indexOf('=') + 1)));
  }

  @Override
  public void close() {
    server.close();
  }
}

package dev.ebb.it.cluster.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes events, on the node's own address, which pods reach; with a Trigger all those of a Broker. */
public final class EventSink implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(120);

  private final HttpServer server;
  private final List<Event> taken = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private String trigger;

  public EventSink() {
    try {
      server = HttpServer.create(new InetSocketAddress(Cluster.nodeAddress(), 0), 16);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::take);
    server.start();
  }

  /** One that a Trigger of its own brings all events of a Broker to; it goes with the sink. */
  public static EventSink ofBroker(String namespace, String broker) {
    EventSink sink = new EventSink();
    sink.trigger = "sink-" + sink.server.getAddress().getPort();
    Cluster.apply("""
        apiVersion: eventing.knative.dev/v1
        kind: Trigger
        metadata: {name: %s, namespace: %s}
        spec: {broker: %s, subscriber: {uri: "%s"}}
        """.formatted(sink.trigger, namespace, broker, sink.url()));
    Cluster.kubectl("wait", "-n", namespace, "--for=condition=Ready", "broker,trigger", "--all", "--timeout=120s");
    return sink;
  }

  public String url() {
    return "http://" + Cluster.nodeAddress() + ":" + server.getAddress().getPort() + "/";
  }

  /** Lets the next so many fail. */
  public void refuse(int count) {
    refusals.set(count);
  }

  /** How many refusals are left. */
  public int refusalsLeft() {
    return Math.max(0, refusals.get());
  }

  /** All answers to an event that came, be it once more. */
  public List<Event> answersTo(Event event) {
    return taken.stream().filter(one -> one.attribute("causationid").equals(event.id())).toList();
  }

  /** Waits for so many answers to an event, and gives them. */
  public List<Event> await(Event event, int count) {
    Await.until(count + " answers to " + event.id(), LIMIT, () -> answersTo(event).size() >= count);
    return answersTo(event);
  }

  @Override
  public void close() {
    if (trigger != null) {
      Cluster.kubectl("delete", "trigger", "-n", Installation.NAMESPACE, trigger);
    }
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    JsonNode body = Api.JSON.readTree(exchange.getRequestBody().readAllBytes());
    boolean refused = refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    if (!refused) {
      taken.add(event(exchange, body));
    }
    exchange.sendResponseHeaders(refused ? 503 : 202, -1);
    exchange.close();
  }

  private static Event event(HttpExchange exchange, JsonNode body) {
    Map<String, String> attributes = new TreeMap<>();
    if (exchange.getRequestHeaders().getFirst("content-type").startsWith("application/cloudevents+json")) {
      body.properties().forEach(field -> attributes.put(field.getKey(), field.getValue().asText()));
      return new Event(attributes, ((ObjectNode) body).path("data"));
    }
    exchange.getRequestHeaders().forEach((name, values) -> {
      if (name.toLowerCase(Locale.ROOT).startsWith("ce-")) {
        attributes.put(name.toLowerCase(Locale.ROOT).substring(3), values.getFirst());
      }
    });
    return new Event(attributes, body);
  }
}

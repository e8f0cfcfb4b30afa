package dev.ebb.runtime.metrics;

import io.prometheus.client.exporter.common.TextFormat;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Serves the series as Prometheus text on {@code /metrics} and {@code /q/metrics}. */
@Singleton
public class MetricsRoute {
  private final MetricsRegistry registry;

  @Inject
  MetricsRoute(MetricsRegistry registry) {
    this.registry = registry;
  }

  void install(@Observes Router router) {
    router.get("/metrics").handler(this::serve);
    router.get("/q/metrics").handler(this::serve);
  }

  private void serve(RoutingContext context) {
    context.response().putHeader("content-type", TextFormat.CONTENT_TYPE_004).end(text());
  }

  String text() {
    StringWriter text = new StringWriter();
    try {
      TextFormat.write004(text, registry.collectors().metricFamilySamples());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a string takes all that is written
    }
    return text.toString();
  }
}

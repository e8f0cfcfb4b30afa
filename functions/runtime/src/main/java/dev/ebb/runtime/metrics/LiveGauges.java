package dev.ebb.runtime.metrics;

import static dev.ebb.runtime.metrics.MetricsRegistry.ENGINE_INDEX;
import static dev.ebb.runtime.metrics.MetricsRegistry.live;

import dev.ebb.engine.Engine;
import dev.ebb.runtime.start.EngineHost;
import dev.ebb.runtime.start.RunningEngine;
import io.prometheus.client.Collector;
import io.prometheus.client.Gauge;
import io.quarkus.runtime.Startup;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Values that are asked of the engine when they are read; 0 while it is not up. */
@Startup
@Singleton
public class LiveGauges {
  private static final String STAGE_HELP =
      "Seconds of each stage of this process's start; jvm and ready count from the process's start.";

  private final EngineHost host;

  @Inject
  LiveGauges(MetricsRegistry r, EngineHost host) {
    this.host = host;
    r.gauge("vllm:num_requests_running", "Number of requests in model execution batches.", () -> ask(Engine::running));
    r.gauge("vllm:num_requests_waiting", "Number of requests waiting to be processed.", () -> ask(Engine::waiting));
    waitingByReason(r);
    sleepState(r);
    String usage = "KV-cache usage. 1 means 100 percent usage.";
    r.gauge("vllm:kv_cache_usage_perc", usage, () -> ask(Engine::kvUsage));
    r.gauge("vllm:gpu_cache_usage_perc", "GPU " + usage + " Older name of vllm:kv_cache_usage_perc.",
        () -> ask(Engine::kvUsage));
    r.collectors().register(new StartStageSeries());
    r.collectors().register(new CacheConfigSeries(host));
  }

  private double ask(ToDoubleFunction<Engine> question) {
    return host.engine().map(RunningEngine::engine).map(question::applyAsDouble).orElse(0.0);
  }

  private void waitingByReason(MetricsRegistry r) {
    Gauge reasons = r.gauge("vllm:num_requests_waiting_by_reason",
        "Number of waiting requests by reason. Reason labels: 'capacity' = waiting for scheduling capacity; "
            + "'deferred' = deferred by transient constraints (LoRA budget, KV transfer, blocked status). Sum of all "
            + "reasons equals vllm:num_requests_waiting.", "reason");
    reasons.setChild(live(() -> ask(Engine::waiting)), ENGINE_INDEX, r.model(), "capacity");
    reasons.labels(ENGINE_INDEX, r.model(), "deferred");
  }

  private static void sleepState(MetricsRegistry r) {
    Gauge states = r.gauge("vllm:engine_sleep_state",
        "Engine sleep state; awake = 0 means engine is sleeping; awake = 1 means engine is awake; weights_offloaded "
            + "= 1 means sleep level 1; discard_all = 1 means sleep level 2.", "sleep_state");
    // A function does not sleep, it ends: what wakes it is its start.
    states.labels(ENGINE_INDEX, r.model(), "awake").set(1);
    states.labels(ENGINE_INDEX, r.model(), "weights_offloaded");
    states.labels(ENGINE_INDEX, r.model(), "discard_all");
  }

  /** {@code ebb_start_stage_seconds}. */
  private final class StartStageSeries extends Collector {
    private static final String NAME = "ebb_start_stage_seconds";

    @Override
    public List<MetricFamilySamples> collect() {
      List<MetricFamilySamples.Sample> samples = host.stages().seconds().entrySet().stream()
          .map(StartStageSeries::sample)
          .toList();
      return List.of(new MetricFamilySamples(NAME, Type.GAUGE, STAGE_HELP, samples));
    }

    private static MetricFamilySamples.Sample sample(Map.Entry<String, Double> stage) {
      return new MetricFamilySamples.Sample(NAME, List.of("stage"), List.of(stage.getKey()), stage.getValue());
    }
  }
}

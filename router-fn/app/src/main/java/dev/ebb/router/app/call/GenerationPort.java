package dev.ebb.router.app.call;

import dev.ebb.router.app.metrics.RouterMetrics;
import dev.ebb.router.app.platform.Platform;
import dev.ebb.router.demand.Demand;
import dev.ebb.router.retry.RetryPolicy.Failure;
import java.util.Locale;

/** What every generation uses. */
record GenerationPort(
    FunctionClient client, Platform platform, Demand demand, RouterMetrics metrics) {

  void retried(String model, Failure failure) {
    metrics.retried(model, failure.name().toLowerCase(Locale.ROOT));
  }
}

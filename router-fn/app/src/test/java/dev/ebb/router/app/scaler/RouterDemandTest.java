package dev.ebb.router.app.scaler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.router.demand.Demand;
import dev.ebb.router.function.Phase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RouterDemandTest {
  private static final Map<String, String> PREFILL = Map.of("model", "m", "phase", "prefill", "threshold", "4");

  private final Demand demand = new Demand(List.of("m"), () -> 0);
  private final RouterDemand source = new RouterDemand(demand);
  private final AtomicInteger rises = new AtomicInteger();

  @Test
  void whatIsWithheldIsNoDemandUntilItIsShown() {
    source.onRise(rises::incrementAndGet);
    demand.withhold("m", Phase.PREFILL, true);
    try (Demand.Claim claim = demand.raise("m", Phase.PREFILL)) {
      assertEquals(0, source.value(PREFILL));
      assertEquals(0, rises.get());
      demand.withhold("m", Phase.PREFILL, false);
      assertEquals(1, source.value(PREFILL));
      assertEquals(1, rises.get(), "shown without a new claim");
      demand.withhold("m", Phase.PREFILL, true);
      assertEquals(0, source.value(PREFILL), "gone without a claim's end");
    }
  }
}

package dev.ebb.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {

  @Test
  void readsNamesLabelsAndValues() {
    Metrics metrics = Metrics.parse("""
        # HELP ebb_demand requests
        # TYPE ebb_demand gauge
        ebb_demand{model="a \\"b\\", c",phase="decode"} 2.0
        ebb_demand{model="x",phase="prefill"} +Inf
        up 1 1700000000
        """);
    assertEquals(2, metrics.named("ebb_demand").size());
    Metrics.Sample first = metrics.named("ebb_demand").get(0);
    assertEquals(Map.of("model", "a \"b\", c", "phase", "decode"), first.labels());
    assertEquals(2.0, first.value());
    assertEquals(Double.POSITIVE_INFINITY, metrics.named("ebb_demand").get(1).value());
    assertEquals(1.0, metrics.named("up").get(0).value());
  }
}

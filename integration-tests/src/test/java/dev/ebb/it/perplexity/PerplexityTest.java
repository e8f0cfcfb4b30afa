package dev.ebb.it.perplexity;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.SharedEbb;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("slow")
@ExtendWith(SharedEbb.class)
class PerplexityTest {
  /** The bar beside llama.cpp on the same file, which computes with 8-bit activations. */
  private static final double MARGIN = 0.005;

  /** Beside llama.cpp on the same weights as floats only rounding is left. */
  private static final double MARGIN_F32 = 0.001;

  private final Recorded recorded = Recorded.load();

  @Test
  void cpuOn32000Tokens(EbbInstance ebb) {
    check("cpu", ebb.api(), recorded.run(63));
  }

  @Test
  void referenceOn4000Tokens() {
    Map<String, String> settings = Map.of(
        "EBB_BACKEND", "reference", "EBB_IDLE_SECONDS", "600", "EBB_REQUEST_TIMEOUT_SECONDS", "600");
    try (EbbInstance ebb = EbbInstance.start("reference", settings)) {
      check("reference", ebb.api(), recorded.run(8));
    }
  }

  private void check(String backend, Api api, Recorded.Run run) {
    PerplexityMeter meter = new PerplexityMeter(api, recorded);
    double ours = meter.measure(meter.tokenize(), run.windows());
    System.out.printf("perplexity of %s on %d tokens: %.4f; llama.cpp %.4f (%+.3f %%), as floats %.4f (%+.3f %%)%n",
        backend, run.windows() * recorded.windowTokens(), ours, run.perplexity(), percent(ours, run.perplexity()),
        run.perplexityF32(), percent(ours, run.perplexityF32()));
    // Written so that NaN fails.
    assertTrue(Math.abs(ours / run.perplexity() - 1) <= MARGIN, () -> ours + " beside " + run);
    assertTrue(Math.abs(ours / run.perplexityF32() - 1) <= MARGIN_F32, () -> ours + " beside " + run);
  }

  private static double percent(double ours, double theirs) {
    return 100 * (ours / theirs - 1);
  }
}

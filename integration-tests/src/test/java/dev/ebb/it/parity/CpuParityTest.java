package dev.ebb.it.parity;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.Models;
import dev.ebb.engine.tokenizer.Tokenizer;
import dev.ebb.engine.tokenizer.Tokenizers;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.PublicText;
import dev.ebb.it.harness.TestModel;
import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class CpuParityTest {
  private static final int WINDOW_TOKENS = 512;
  private static final int WINDOWS = 8;
  /** Over all positions together. */
  private static final double RELATIVE_L2_MAX = 2e-3;

  /** At any one position. */
  private static final double WORST_RELATIVE_L2_MAX = 2e-2;

  private static final double TOP1_MIN = 0.995;

  @Test
  void cpuLogitsAreTheReferencesOn4000Positions() throws IOException {
    int threads = Runtime.getRuntime().availableProcessors();
    Comparison all = new Comparison();
    try (ModelFile model = Models.open(TestModel.path());
        WindowForward cpu = new WindowForward("cpu", threads, model, WINDOW_TOKENS);
        WindowForward reference = new WindowForward("reference", threads, model, WINDOW_TOKENS)) {
      int[] ids = textIds(model);
      for (int w = 0; w < WINDOWS; w++) {
        int[] window = Arrays.copyOfRange(ids, w * WINDOW_TOKENS, (w + 1) * WINDOW_TOKENS);
        MemorySegment[] actual = cpu.logits(window);
        MemorySegment[] truth = reference.logits(window);
        for (int i = 0; i < WINDOW_TOKENS; i++) {
          all.add(actual[i], truth[i], model.config().vocabulary());
        }
      }
    }
    System.out.println("cpu beside reference: " + all);
    assertTrue(all.relativeL2() <= RELATIVE_L2_MAX, all::toString);
    assertTrue(all.worstRow <= WORST_RELATIVE_L2_MAX, all::toString);
    assertTrue(all.top1() >= TOP1_MIN, all::toString);
  }

  private static int[] textIds(ModelFile model) throws IOException {
    String digest = Api.JSON.readTree(Workspace.resource("perplexity.json").toFile()).at("/text/sha256").asText();
    Tokenizer tokenizer = Tokenizers.build(model.tokenizer());
    return tokenizer.encode(PublicText.get(digest), true, false);
  }

  /** Differences over all positions so far. */
  private static final class Comparison {
    private int positions;
    private int sameTop;
    private double differenceSquared;
    private double truthSquared;
    private double worstRow;

    void add(MemorySegment actual, MemorySegment truth, int vocabulary) {
      double difference = 0;
      double norm = 0;
      int bestActual = 0;
      int bestTruth = 0;
      for (int token = 0; token < vocabulary; token++) {
        double a = WindowForward.at(actual, token);
        double t = WindowForward.at(truth, token);
        difference += (a - t) * (a - t);
        norm += t * t;
        bestActual = a > WindowForward.at(actual, bestActual) ? token : bestActual;
        bestTruth = t > WindowForward.at(truth, bestTruth) ? token : bestTruth;
      }
      positions++;
      sameTop += bestActual == bestTruth ? 1 : 0;
      differenceSquared += difference;
      truthSquared += norm;
      worstRow = Math.max(worstRow, Math.sqrt(difference / norm));
    }

    double relativeL2() {
      return Math.sqrt(differenceSquared / truthSquared);
    }

    double top1() {
      return sameTop / (double) positions;
    }

    @Override
    public String toString() {
      return String.format("relative L2 %.2e (worst position %.2e), top-1 equal on %d of %d", relativeL2(), worstRow,
          sameTop, positions);
    }
  }
}

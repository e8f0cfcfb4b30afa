package dev.ebb.engine.sampling;

import dev.ebb.engine.backend.SamplingDescriptor;
import dev.ebb.engine.backend.SamplingDescriptor.Adjustment;
import dev.ebb.engine.backend.SamplingLayout;
import dev.ebb.engine.request.SamplingParams;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link Sampler} does to the rows of a step, written down for a backend that does the same. Reused step after
 * step.
 */
public final class Draws {
  private final int vocabulary;
  private final int choosable;
  private final int[] endTokens;
  private final List<Draw> draws = new ArrayList<>();
  private final List<Adjustment> adjustments = new ArrayList<>();

  private record Draw(int row, int first, int adjustments, SamplingParams params, double uniform) {}

  Draws(int vocabulary, int choosable, int[] endTokens) {
    this.vocabulary = vocabulary;
    this.choosable = choosable;
    this.endTokens = endTokens;
  }

  /** Forgets all draws. */
  public void clear() {
    draws.clear();
    adjustments.clear();
  }

  /** Adds the draw of a sequence's next token from an output row; its index. */
  public int add(int row, SamplingParams params, TokenSource tokens, int choice) {
    int first = adjustments.size();
    adjust(params, tokens);
    double uniform = params.temperature() == 0 ? 0 : Philox.uniform(params.seed(), choice, tokens.size());
    draws.add(new Draw(row, first, adjustments.size() - first, params, uniform));
    return draws.size() - 1;
  }

  /** Fills the descriptor for the backend. */
  public void write(SamplingDescriptor to) {
    to.begin(new SamplingLayout(draws.size(), adjustments.size()), choosable);
    for (int i = 0; i < draws.size(); i++) {
      Draw draw = draws.get(i);
      to.draw(i, draw.row(), draw.first(), draw.adjustments(), draw.params(), draw.uniform());
    }
    for (int i = 0; i < adjustments.size(); i++) {
      to.adjustment(i, adjustments.get(i));
    }
  }

  /** Logit bias, least length and penalties: one entry a token, whose parts the backend applies in this order. */
  private void adjust(SamplingParams params, TokenSource tokens) {
    Map<Integer, Change> changes = new LinkedHashMap<>();
    params.logitBias().forEach((token, bias) -> at(changes, token).addend = bias);
    if (MinTokens.tooShort(params, tokens)) {
      MinTokens.ruledOut(params, endTokens, vocabulary).forEach(token -> at(changes, token).forbidden = true);
    }
    if (Penalties.ask(params)) {
      for (int i = Penalties.first(params, tokens); i < tokens.size(); i++) {
        Change change = at(changes, tokens.token(i));
        change.seen = true;
        change.generated += i < tokens.promptLength() ? 0 : 1;
      }
    }
    changes.forEach((token, change) -> adjustments.add(
        new Adjustment(token, change.addend, change.forbidden, change.seen, change.generated)));
  }

  private static Change at(Map<Integer, Change> changes, int token) {
    return changes.computeIfAbsent(token, key -> new Change());
  }

  private static final class Change {
    float addend;
    boolean forbidden;
    boolean seen;
    int generated;
  }
}

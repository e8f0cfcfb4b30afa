package dev.ebb.engine.sampling;

import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.request.TokenLogprobs;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Chooses tokens from rows of logits. The order is vLLM's: logit bias and least length, penalties,
 * temperature, cuts, draw. A token depends on its row, its sequence and its parameters alone. Buffers
 * are reused, so a sampler belongs to one thread.
 */
public final class Sampler {
  private final int vocabulary;
  private final int choosable;
  private final float[] logits;
  private final List<LogitsProcessor> processors;
  private final Candidates candidates;
  private final double[] scratch;
  private final int[] endTokens;

  /**
   * @param vocabulary floats of a row
   * @param choosable tokens that may be chosen, the first of the row; a model may pad its output
   * @param endTokens ids that end a generation
   */
  public Sampler(int vocabulary, int choosable, int[] endTokens) {
    this.vocabulary = vocabulary;
    this.choosable = choosable;
    this.logits = new float[vocabulary];
    this.processors = List.of(new LogitBias(), new MinTokens(endTokens), new Penalties(vocabulary));
    this.candidates = new Candidates(vocabulary);
    this.scratch = new double[vocabulary];
    this.endTokens = endTokens.clone();
  }

  /** For a backend that chooses: the same draws, written down. */
  public Draws draws() {
    return new Draws(vocabulary, choosable, endTokens);
  }

  /**
   * The next token of a sequence.
   *
   * @param row {@code vocabulary} floats
   * @throws BackendException when the greatest logit is no finite number
   */
  public int sample(MemorySegment row, SamplingParams params, TokenSource tokens, int choice) {
    MemorySegment.copy(row, ValueLayout.JAVA_FLOAT, 0, logits, 0, vocabulary);
    for (LogitsProcessor processor : processors) {
      if (processor.applies(params, tokens)) {
        processor.apply(logits, params, tokens);
      }
    }
    int best = best();
    if (params.temperature() == 0) {
      return best;
    }
    double uniform = Philox.uniform(params.seed(), choice, tokens.size());
    return candidates.choose(logits, choosable, logits[best], params, uniform);
  }

  /** Index of the greatest logit, the lowest on ties. */
  private int best() {
    int best = -1;
    float greatest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < choosable; i++) {
      if (logits[i] > greatest) {
        greatest = logits[i];
        best = i;
      }
    }
    if (best < 0 || greatest == Float.POSITIVE_INFINITY) {
      throw broken();
    }
    return best;
  }

  /** The greatest logit is no finite number. */
  public static BackendException broken() {
    return new BackendException(BackendException.Reason.INTERNAL,
        "the greatest logit is no finite number: the model's weights or the backend are broken");
  }

  /** Log-probability of a token and of the {@code alternatives} best ones, in the model's own distribution. */
  public TokenLogprobs logprobs(MemorySegment row, int token, int alternatives) {
    MemorySegment.copy(row, ValueLayout.JAVA_FLOAT, 0, logits, 0, vocabulary);
    return Logprobs.of(logits, token, alternatives, scratch);
  }
}

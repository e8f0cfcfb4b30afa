package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.engine.backend.SamplingDescriptor;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.request.SamplingParamsBuilder;
import dev.ebb.engine.sampling.Draws;
import dev.ebb.engine.sampling.Sampler;
import dev.ebb.engine.sampling.TokenSource;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The kernels choose the very tokens that the engine's sampler chooses from the same logits. */
@EnabledIfEnvironmentVariable(named = "EBB_NATIVE_LIBRARY", matches = ".*(emulated|gpu_check).*",
    disabledReason = "make test-cuda builds a library with the emulator, make gpu-check one with the device")
class CudaEmulatedSamplingTest {
  private static final int DRAWS = 300;
  private static final int CHOOSABLE = TinyModel.VOCABULARY - 3;
  private static final int[] END_TOKENS = {5, 77};
  private static final int[] PROMPT = {3, 1, 4, 1, 5, 9, 2, 6};

  private final Random random = new Random(7);

  private record Tokens(int[] all, int promptLength) implements TokenSource {
    @Override
    public int size() {
      return all.length;
    }

    @Override
    public int token(int index) {
      return all[index];
    }
  }

  /** Temperature, cuts, penalties, bias and least length, in all mixtures. */
  @Test
  void tokensAreTheSamplers() {
    try (TinyModel model = new TinyModel(42);
        StepRunner runner = new StepRunner(Backends.named(Backends.cuda()).open(1), model, 4);
        SamplingDescriptor descriptor = new SamplingDescriptor()) {
      List<float[]> rows = runner.run(PROMPT, PROMPT.length, 2);
      Sampler sampler = new Sampler(TinyModel.VOCABULARY, CHOOSABLE, END_TOKENS);
      Draws draws = sampler.draws();
      List<Integer> expected = new ArrayList<>();
      for (int i = 0; i < DRAWS; i++) {
        SamplingParams params = params(i);
        Tokens tokens = tokens();
        int row = random.nextInt(PROMPT.length);
        draws.add(row, params, tokens, i % 3);
        expected.add(sampler.sample(MemorySegment.ofArray(rows.get(row)), params, tokens, i % 3));
      }
      draws.write(descriptor);
      runner.backend().choose(descriptor);
      for (int i = 0; i < DRAWS; i++) {
        assertEquals(expected.get(i), descriptor.token(i), "draw " + i);
      }
    }
  }

  private SamplingParams params(int i) {
    SamplingParamsBuilder builder = SamplingParams.builder().maxTokens(100).seed(i);
    builder.temperature(i % 10 == 0 ? 0 : 0.3f + 1.7f * random.nextFloat());
    builder.topK(random.nextInt(3) == 0 ? 1 + random.nextInt(CHOOSABLE + 10) : 0);
    builder.topP(random.nextBoolean() ? 1 : 0.05f + 0.95f * random.nextFloat());
    builder.minP(random.nextInt(4) == 0 ? 0.3f * random.nextFloat() : 0);
    if (random.nextInt(3) == 0) {
      builder.repetitionPenalty(0.7f + random.nextFloat()).presencePenalty(random.nextFloat())
          .frequencyPenalty(random.nextFloat() - 0.5f);
    }
    if (random.nextInt(3) == 0) {
      Map<Integer, Float> bias = new HashMap<>();
      for (int token = 0; token < 6; token++) {
        bias.put(random.nextInt(TinyModel.VOCABULARY), 4 * random.nextFloat() - 2);
      }
      builder.logitBias(bias);
    }
    return builder.minTokens(random.nextInt(12)).stopTokenIds(List.of(9, random.nextInt(200))).build();
  }

  private Tokens tokens() {
    return new Tokens(random.ints(3 + random.nextInt(20), 0, CHOOSABLE).toArray(), 2);
  }
}

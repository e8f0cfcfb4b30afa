package dev.ebb.it.invariance;

import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.request.SamplingParamsBuilder;
import dev.ebb.engine.tokenizer.Tokenizer;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.PublicText;
import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Fifty prompts, each asked greedily and sampled with a seed. */
final class Prompts {
  static final int COUNT = 50;
  static final int OUTPUT_TOKENS = 16;
  static final float TEMPERATURE = 0.9f;
  static final float TOP_P = 0.95f;
  static final int TOP_K = 40;

  /** Around the block of 16 tokens, the chunks of 16 and 64, and the threshold of prefill. */
  private static final int[] LENGTHS = {1, 2, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 79, 100, 128, 129, 200};

  private Prompts() {}

  /** Token ids of the prompts: pieces of a public-domain text that share no beginning. */
  static List<int[]> ids(Tokenizer tokenizer) throws IOException {
    String digest = Api.JSON.readTree(Workspace.resource("perplexity.json").toFile()).at("/text/sha256").asText();
    int[] text = tokenizer.encode(PublicText.get(digest), false, false);
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      int first = 700 * i + 100;
      prompts.add(Arrays.copyOfRange(text, first, first + LENGTHS[i % LENGTHS.length]));
    }
    return prompts;
  }

  /** Two requests a prompt: greedy, then sampled. */
  static List<GenerationRequest> requests(List<int[]> prompts) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      requests.add(request("greedy-" + i, prompts.get(i), common().temperature(0)));
      requests.add(request("sampled-" + i, prompts.get(i),
          common().temperature(TEMPERATURE).topP(TOP_P).topK(TOP_K).seed(seed(i))));
    }
    return requests;
  }

  static long seed(int prompt) {
    return 1000 + prompt;
  }

  private static SamplingParamsBuilder common() {
    return SamplingParams.builder().maxTokens(OUTPUT_TOKENS).ignoreEos(true).logprobs(0);
  }

  private static GenerationRequest request(String id, int[] prompt, SamplingParamsBuilder sampling) {
    return new GenerationRequest(id, prompt, sampling.build(), "", 0, Phase.FULL, Optional.empty());
  }
}

package dev.ebb.it.invariance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.EngineConfig;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.Models;
import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.tokenizer.Tokenizer;
import dev.ebb.engine.tokenizer.Tokenizers;
import dev.ebb.it.harness.TestModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way to compute an answer gives the tokens and log-probabilities of computing it alone. */
@Tag("slow")
class InvarianceTest {
  private static final EngineConfig ALONE =
      EngineConfig.defaults().withMaxSequences(1).withPrefixCache(false);
  private static final int ROOMY = 16_384;

  private static ModelFile model;
  private static Tokenizer tokenizer;
  private static List<GenerationRequest> requests;
  private static List<Answer> alone;

  @TempDir Path folder;

  @BeforeAll
  static void answerAlone(@TempDir Path folder) throws IOException {
    model = Models.open(TestModel.path());
    tokenizer = Tokenizers.build(model.tokenizer());
    requests = Prompts.requests(Prompts.ids(tokenizer));
    try (Rig rig = new Rig(model, tokenizer, 2, ALONE, folder, ROOMY)) {
      alone = rig.oneByOne(requests);
    }
    assertEquals(Prompts.OUTPUT_TOKENS, alone.getFirst().tokens().size());
    assertEquals(Prompts.OUTPUT_TOKENS, alone.getFirst().logprobs().size());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /** Sequences at once, prompt tokens of one sequence in a step, threads. */
  @ParameterizedTest
  @CsvSource({"16,512,2", "16,16,2", "16,64,2", "1,16,2", "16,512,1", "5,64,1"})
  void batchChunkAndThreads(int sequences, int chunk, int threads) {
    EngineConfig config = ALONE.withMaxSequences(sequences).withChunkTokens(chunk);
    try (Rig rig = rig(threads, config, ROOMY)) {
      check(rig.together(requests));
      assertEquals(0, rig.kvUsage(), "every block given back");
    }
  }

  @Test
  void prefixHit() {
    EngineConfig config = ALONE.withMaxSequences(8).withPrefixCache(true);
    try (Rig rig = rig(2, config, ROOMY)) {
      check(rig.together(requests));
      List<Answer> again = rig.together(requests);
      check(again);
      long hits = again.stream().filter(answer -> answer.cachedTokens() > 0).count();
      long possible = requests.stream().filter(request -> request.promptTokens().length > 16).count();
      assertEquals(possible, hits, "every prompt with a full block before its last token was found");
    }
  }

  /** Too few blocks for sixteen sequences, so that some are put back and computed again. */
  @Test
  void preemption() {
    EngineConfig config = ALONE.withMaxSequences(16);
    try (Rig rig = rig(2, config, 640)) {
      check(rig.together(requests));
    }
  }

  @Test
  void prefillAndDecodeInTwoEngines() {
    EngineConfig config = ALONE.withMaxSequences(16).withPrefixCache(true);
    try (Rig prefill = rig(2, config, ROOMY);
        Rig decode = rig(1, config, ROOMY)) {
      List<Answer> handedOff = prefill.together(Rig.prefill(requests));
      assertTrue(handedOff.stream().allMatch(answer -> answer.handOff().isPresent()), "claim checks");
      check(decode.together(Rig.decode(requests, handedOff)));
      assertEquals(0, decode.kvUsage(), "every block given back");
    }
  }

  private Rig rig(int threads, EngineConfig config, int kvTokens) {
    return new Rig(model, tokenizer, threads, config, folder, kvTokens);
  }

  private static void check(List<Answer> answers) {
    List<String> different = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      if (!answers.get(i).sameAs(alone.get(i))) {
        different.add(requests.get(i).id() + " (prompt of " + requests.get(i).promptTokens().length + "): "
            + answers.get(i).tokens() + " but alone " + alone.get(i).tokens());
      }
    }
    assertEquals(List.of(), different);
  }
}

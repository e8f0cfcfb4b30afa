package dev.ebb.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BackendException.Reason;
import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.GenerationListener;
import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.request.SamplingParamsBuilder;
import dev.ebb.engine.request.TokenLogprobs;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Single behaviours of the loop, one at a time. */
class EngineStepTest {
  private static int[] prompt(int length) {
    return IntStream.range(0, length).map(i -> 1 + i * 7 % (EchoModel.VOCABULARY - 1)).toArray();
  }

  private static SamplingParamsBuilder greedy(int maxTokens) {
    return SamplingParams.builder().temperature(0).maxTokens(maxTokens).ignoreEos(true);
  }

  @Test
  void aRequestEndsAtItsLength() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 20)) {
      Recorder recorder = rig.run(prompt(40), greedy(10).build());
      assertEquals(10, recorder.tokens(0).size());
      assertEquals(FinishReason.LENGTH, recorder.answer(0).reason);
      assertEquals(new EchoModel.Pieces().decode(recorder.tokens(0).stream().mapToInt(i -> i).toArray(), false),
          recorder.text(0));
      assertEquals(new GenerationListener.Completion(40, 0, 10, Optional.empty()), recorder.completion);
      assertEquals(1, rig.observer.firstTokens);
      assertEquals(9, rig.observer.interTokens);
      assertEquals(49, rig.backend.tokensComputed());
      assertEquals(40, rig.observer.finished.getFirst().computedPromptTokens());
    }
  }

  @Test
  void thePrefixOfAnEarlierRequestIsFound() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 20)) {
      Recorder first = rig.run(prompt(64), greedy(4).build());
      Recorder second = rig.run(prompt(64), greedy(4).build());
      assertEquals(first.transcript(), second.transcript());
      // Of four full blocks three: the last holds the token whose logits are needed.
      assertEquals(48, second.completion.cachedTokens());
      assertEquals(48, rig.observer.localHits);
      assertEquals(0, rig.observer.externalHits);
      assertEquals(128, rig.observer.queried);
    }
  }

  @Test
  void anotherSaltSeesNothingOfIt() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 20)) {
      rig.run(prompt(64), greedy(4).build());
      Recorder other = rig.submit(new GenerationRequest("o", prompt(64), greedy(4).build(), "tenant", 0, Phase.FULL,
          Optional.empty()));
      rig.finish();
      assertEquals(0, other.completion.cachedTokens());
    }
  }

  @Test
  void anAnswerIsFoundByTheNextTurn() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 20)) {
      Recorder first = rig.run(prompt(30), greedy(20).build());
      int[] turn = IntStream.concat(IntStream.of(prompt(30)), first.tokens(0).stream().mapToInt(i -> i)).toArray();
      Recorder second = rig.run(turn, greedy(4).build());
      assertEquals(48, second.completion.cachedTokens());
    }
  }

  @Test
  void decodesAreNeverHeldUpByPrompts() {
    EngineConfig config = EngineConfig.defaults().withMaxSequences(8).withTokenBudget(16);
    try (Rig rig = new Rig(config, 60)) {
      Recorder decoding = rig.submit(prompt(8), greedy(30).build());
      rig.step();
      rig.submit(prompt(400), greedy(1).build());
      int before = decoding.tokens(0).size();
      for (int i = 0; i < 10; i++) {
        rig.step();
      }
      assertEquals(before + 10, decoding.tokens(0).size());
      assertEquals(10 + 8 + 10 * 15, rig.backend.tokensComputed(), "the budget's rest goes to the prompt");
    }
  }

  @Test
  void lowerPriorityNumbersComeFirst() {
    EngineConfig config = EngineConfig.defaults().withMaxSequences(1);
    try (Rig rig = new Rig(config, 20)) {
      Recorder late = rig.submit(new GenerationRequest("a", prompt(4), greedy(3).build(), "", 5, Phase.FULL,
          Optional.empty()));
      Recorder urgent = rig.submit(new GenerationRequest("b", prompt(5), greedy(3).build(), "", 1, Phase.FULL,
          Optional.empty()));
      while (!urgent.done()) {
        assertTrue(late.tokens(0).isEmpty());
        rig.step();
      }
      rig.finish();
      assertTrue(late.done());
    }
  }

  @Test
  void shortageOfBlocksPreemptsTheLatest() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 8); Rig roomy = new Rig(EngineConfig.defaults(), 60)) {
      Recorder[] tight = new Recorder[3];
      for (int i = 0; i < 3; i++) {
        tight[i] = rig.submit(prompt(17 + i), greedy(70).build());
      }
      rig.finish();
      assertTrue(rig.observer.preemptions > 0);
      assertEquals(17 + 18 + 19, rig.observer.promptTokens, "what is computed again is not counted again");
      for (int i = 0; i < 3; i++) {
        assertEquals(roomy.run(prompt(17 + i), greedy(70).build()).transcript(), tight[i].transcript());
      }
      assertEquals(0, rig.observer.finished.getFirst().preemptions(), "the first keeps its blocks");
      assertEquals(0, rig.census().held());
    }
  }

  @Test
  void aFullArenaWaitsRatherThanFails() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 8)) {
      int[] taken;
      try (Arena.Scope scope = rig.arena.scope()) {
        taken = rig.arena.allocate(7);
      }
      Recorder recorder = rig.submit(prompt(40), greedy(4).build());
      assertEquals(EngineLoop.Result.BLOCKED, rig.step());
      assertEquals(EngineLoop.Result.BLOCKED, rig.step());
      assertEquals(1, rig.loop.waiting());
      assertEquals(0, rig.loop.running());
      try (Arena.Scope scope = rig.arena.scope()) {
        rig.arena.release(taken);
      }
      rig.finish();
      assertEquals(4, recorder.tokens(0).size());
    }
  }

  @Test
  void cancelFreesBlocksAtTheNextStep() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 20)) {
      Recorder recorder = new Recorder();
      Generation generation = rig.add(Rig.request(prompt(40), greedy(50).n(2).build(), Phase.FULL, null), recorder);
      rig.step();
      rig.step();
      assertTrue(rig.census().held() > 0);
      rig.cancel(generation);
      rig.step();
      assertEquals(0, rig.census().held());
      assertEquals(FinishReason.ABORT, recorder.answer(0).reason);
      assertEquals(FinishReason.ABORT, recorder.answer(1).reason);
      assertTrue(recorder.done());
      rig.cancel(generation);
      rig.step();
    }
  }

  @Test
  void answersShareThePromptsBlocks() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 40)) {
      SamplingParams params = SamplingParams.builder().n(4).maxTokens(3).seed(3).ignoreEos(true).build();
      Recorder recorder = rig.submit(prompt(100), params);
      rig.step();
      // Six full blocks shared, a copy of the seventh for each answer.
      assertEquals(6 + 4, rig.census().held());
      assertEquals(100, rig.backend.tokensComputed());
      rig.finish();
      assertEquals(4, recorder.answers.size());
      assertNotEquals(recorder.tokens(0), recorder.tokens(1));
      assertEquals(12, recorder.completion.generatedTokens());
      assertEquals(3, rig.observer.finished.getFirst().longestAnswer());
    }
  }

  @Test
  void manyAnswersLetLaterRequestsThroughAndAreNotOvertakenForEver() {
    try (Rig rig = new Rig(EngineConfig.defaults().withMaxSequences(1), 40)) {
      Recorder many = rig.submit(prompt(20), greedy(4).n(8).build());
      Recorder later = rig.submit(prompt(21), greedy(4).build());
      while (!later.done()) {
        rig.step();
      }
      assertEquals(2, many.answers.values().stream().filter(answer -> answer.reason != null).count());
      for (int i = 0; i < 100 && !many.done(); i++) {
        rig.submit(prompt(22), greedy(4).build());
        rig.step();
      }
      assertTrue(many.done(), "overtaken by whoever came later");
    }
  }

  @Test
  void promptLogprobsComeOnceDespiteAPreemption() {
    try (Rig rig = new Rig(EngineConfig.defaults().withChunkTokens(4), 11)) {
      // Two answers that grow a block each before the prompt is through push it out.
      rig.submit(prompt(12), greedy(60).build());
      rig.submit(prompt(14), greedy(60).build());
      rig.step();
      Recorder recorder = rig.submit(prompt(100), SamplingParams.builder().maxTokens(1).promptLogprobs(2).build());
      rig.finish();
      assertTrue(rig.observer.preemptions > 0);
      assertEquals(99, recorder.promptLogprobs.size());
      for (int i = 0; i < 99; i++) {
        assertEquals(prompt(100)[i + 1], recorder.promptLogprobs.get(i).token());
      }
    }
  }

  @Test
  void promptLogprobsComeInBoundedRows() {
    EngineConfig config = EngineConfig.defaults();
    try (Rig rig = new Rig(config, 40)) {
      rig.run(prompt(300), greedy(1).build());
      Recorder recorder = rig.run(prompt(300), SamplingParams.builder().maxTokens(0).promptLogprobs(2).build());
      assertEquals(299, recorder.promptLogprobs.size());
      assertEquals(0, recorder.completion.cachedTokens(), "the logits of cached tokens are not there");
      assertTrue(rig.backend.logitsRowsMax() <= config.promptLogprobRows());
      assertEquals(FinishReason.LENGTH, recorder.answer(0).reason);
      for (int i = 0; i < 299; i++) {
        assertEquals(prompt(300)[i + 1], recorder.promptLogprobs.get(i).token());
      }
    }
  }

  @Test
  void aFailedStepFailsItsRequestsOnly() {
    EngineConfig config = EngineConfig.defaults().withMaxSequences(1);
    try (Rig rig = new Rig(config, 20)) {
      rig.backend.failAt(2, Reason.OUT_OF_MEMORY);
      Recorder failing = rig.submit(prompt(20), greedy(8).build());
      Recorder waiting = rig.submit(prompt(21), greedy(8).build());
      rig.finish();
      assertEquals(Reason.OUT_OF_MEMORY, assertInstanceOf(BackendException.class, failing.failure).reason());
      assertNull(waiting.failure);
      assertEquals(8, waiting.tokens(0).size());
      assertEquals(0, rig.census().held());
      assertEquals(FinishReason.ERROR, rig.observer.finished.getFirst().reason());
    }
  }

  @Test
  void aLostDeviceEndsTheLoop() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 20)) {
      rig.backend.failAt(0, Reason.DEVICE_LOST);
      Recorder recorder = rig.submit(prompt(20), greedy(8).build());
      assertThrows(BackendException.class, rig::step);
      assertInstanceOf(BackendException.class, recorder.failure);
      assertEquals(0, rig.census().held());
    }
  }

  @Test
  void aListenerThatThrowsHarmsNobodyElse() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 20)) {
      rig.add(Rig.request(prompt(30), greedy(50).build(), Phase.FULL, null), new GenerationListener() {
        @Override
        public void tokens(int choice, int[] tokens, String text, List<TokenLogprobs> logprobs) {
          throw new IllegalStateException("a listener that throws, as this test wants it");
        }

        @Override
        public void choiceFinished(int choice, FinishReason reason, Optional<Object> stopReason) {
          throw new AssertionError("called again");
        }

        @Override
        public void completed(Completion completion) {
          throw new AssertionError("called again");
        }

        @Override
        public void failed(RuntimeException cause) {
          throw new AssertionError("called again");
        }
      });
      Recorder other = rig.submit(prompt(31), greedy(8).build());
      rig.finish();
      assertEquals(8, other.tokens(0).size());
      assertEquals(0, rig.census().held());
      assertTrue(rig.backend.steps() < 12, "the request of the broken listener went on");
    }
  }

  @Test
  void aStopTextEndsAnAnswerAndIsNotShown() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 20)) {
      String text = rig.run(prompt(30), greedy(30).build()).text(0);
      String stop = text.substring(9, 14);
      Recorder stopped = rig.run(prompt(30), greedy(30).stop(List.of(stop)).build());
      assertEquals(text.substring(0, text.indexOf(stop)), stopped.text(0));
      assertEquals(FinishReason.STOP, stopped.answer(0).reason);
      assertEquals(Optional.of(stop), stopped.answer(0).stopReason);
      Recorder shown = rig.run(prompt(30), greedy(30).stop(List.of(stop)).includeStop(true).build());
      assertTrue(shown.text(0).endsWith(stop));
    }
  }

  @Test
  void aStopTokenEndsAnAnswer() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 20)) {
      List<Integer> tokens = rig.run(prompt(30), greedy(30).build()).tokens(0);
      int stop = tokens.get(7);
      Recorder stopped = rig.run(prompt(30), greedy(30).stopTokenIds(List.of(500, stop, 400, stop)).build());
      assertEquals(tokens.subList(0, tokens.indexOf(stop) + 1), stopped.tokens(0));
      assertEquals(Optional.of(stop), stopped.answer(0).stopReason);
    }
  }

  @Test
  void aSequenceTakesTheBlocksOfItsTokensAndNoMore() {
    try (Rig rig = new Rig(EngineConfig.defaults(), 20)) {
      rig.submit(prompt(KvLayout.BLOCK_TOKENS * 2), greedy(KvLayout.BLOCK_TOKENS + 2).build());
      rig.step();
      assertEquals(2, rig.census().held());
      rig.step();
      assertEquals(3, rig.census().held());
      for (int i = 0; i < KvLayout.BLOCK_TOKENS - 1; i++) {
        rig.step();
        assertEquals(3, rig.census().held());
      }
      rig.finish();
    }
  }
}

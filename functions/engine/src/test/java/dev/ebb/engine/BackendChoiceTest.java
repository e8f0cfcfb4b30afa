package dev.ebb.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.request.SamplingParamsBuilder;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A backend that chooses tokens itself gives the answers of one that does not, and only where nobody wants logits. */
class BackendChoiceTest {
  private static final int[] PROMPT = IntStream.range(0, 40).map(i -> 1 + i * 5 % (EchoModel.VOCABULARY - 1)).toArray();

  private static SamplingParamsBuilder greedy() {
    return SamplingParams.builder().temperature(0).maxTokens(12).ignoreEos(true);
  }

  private static Rig rig(boolean choosing) {
    Rig rig = new Rig(EngineConfig.defaults(), 40);
    if (choosing) {
      rig.backend.startChoosing();
    }
    return rig;
  }

  @Test
  void theAnswerIsTheSame() {
    try (Rig plain = rig(false); Rig choosing = rig(true)) {
      assertEquals(plain.run(PROMPT, greedy().build()).transcript(),
          choosing.run(PROMPT, greedy().build()).transcript());
      assertEquals(0, plain.backend.stepsChosen());
      assertEquals(12, choosing.backend.stepsChosen());
    }
  }

  @Test
  void severalSequencesAreChosenForAtOnce() {
    try (Rig plain = rig(false); Rig choosing = rig(true)) {
      assertEquals(answersAtOnce(plain), answersAtOnce(choosing));
      assertTrue(choosing.backend.stepsChosen() < 20, "one choice a step: " + choosing.backend.stepsChosen());
    }
  }

  private static List<String> answersAtOnce(Rig rig) {
    List<Recorder> recorders = IntStream.of(40, 17, 1, 33)
        .mapToObj(length -> rig.submit(IntStream.of(PROMPT).limit(length).toArray(), greedy().build())).toList();
    rig.finish();
    return recorders.stream().map(recorder -> recorder.transcript().toString()).toList();
  }

  @Test
  void whoWantsLogProbabilitiesGetsThem() {
    for (SamplingParams params : List.of(greedy().logprobs(2).build(), greedy().promptLogprobs(1).build())) {
      try (Rig plain = rig(false); Rig choosing = rig(true)) {
        assertEquals(plain.run(PROMPT, params).transcript(), choosing.run(PROMPT, params).transcript());
        assertEquals(0, choosing.backend.stepsChosen());
      }
    }
  }

  /** The prompt's row serves all answers, so the sampler reads it; afterwards each has its own. */
  @Test
  void severalAnswersBeginWithTheSampler() {
    try (Rig plain = rig(false); Rig choosing = rig(true)) {
      SamplingParams params = greedy().n(3).build();
      assertEquals(plain.run(PROMPT, params).transcript(), choosing.run(PROMPT, params).transcript());
      assertEquals(11, choosing.backend.stepsChosen());
    }
  }

  @Test
  void prefillChoosesTheFirstToken() {
    try (Rig plain = rig(false); Rig choosing = rig(true)) {
      Recorder expected = plain.submit(Rig.request(PROMPT, greedy().build(), Phase.PREFILL, null));
      Recorder chosen = choosing.submit(Rig.request(PROMPT, greedy().build(), Phase.PREFILL, null));
      plain.finish();
      choosing.finish();
      assertEquals(expected.completion.handOff().orElseThrow().firstToken(),
          chosen.completion.handOff().orElseThrow().firstToken());
      assertEquals(1, choosing.backend.stepsChosen());
    }
  }
}

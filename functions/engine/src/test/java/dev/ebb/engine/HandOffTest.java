package dev.ebb.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.kv.BlockHash;
import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.transfer.HandOff;
import dev.ebb.engine.transfer.HandOffs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A prefill and a decode engine on one arena. */
class HandOffTest {
  private static final EngineConfig CONFIG = EngineConfig.defaults().withLeaseTimeout(Duration.ofSeconds(10));
  private static final int[] PROMPT = IntStream.range(0, 40).map(i -> 1 + i * 11 % 79).toArray();

  @TempDir private Path directory;
  private Rig prefill;
  private Rig decode;

  @BeforeEach
  void open() {
    prefill = new Rig(CONFIG, 30, directory);
    decode = new Rig(CONFIG, 30, directory);
  }

  @AfterEach
  void close() {
    prefill.close();
    decode.close();
  }

  private static SamplingParams params(int maxTokens) {
    return SamplingParams.builder().maxTokens(maxTokens).seed(4).ignoreEos(true).build();
  }

  private HandOff prefill(SamplingParams params) {
    Recorder recorder = prefill.submit(Rig.request(PROMPT, params, Phase.PREFILL, null));
    prefill.finish();
    assertTrue(recorder.answers.isEmpty(), "the first token travels with the hand-off");
    return recorder.completion.handOff().orElseThrow();
  }

  private Recorder decode(SamplingParams params, HandOff handOff) {
    Recorder recorder = decode.submit(Rig.request(PROMPT, params, Phase.DECODE, handOff));
    decode.finish();
    return recorder;
  }

  private String alone(SamplingParams params) {
    try (Rig rig = new Rig(CONFIG, 30)) {
      return rig.run(PROMPT, params).transcript();
    }
  }

  @Test
  void decodeComputesNothingOfThePrompt() {
    HandOff handOff = prefill(params(6));
    assertEquals(3, handOff.blocks().length);
    assertEquals(BlockHash.chain(PROMPT, EchoModel.FINGERPRINT, "").stream().map(BlockHash::hex).toList(),
        handOff.blockHashes());
    assertEquals(3, prefill.census().held());
    Recorder recorder = decode(params(6), handOff);
    assertEquals(0, prefill.backend.rowsBrought());
    assertEquals(PROMPT.length, decode.backend.rowsBrought(), "the prompt once, not with every step");
    assertEquals(alone(params(6)), recorder.transcript());
    assertEquals(5, decode.backend.tokensComputed());
    assertEquals(40, recorder.completion.cachedTokens());
    assertEquals(40, decode.observer.externalHits);
    assertEquals(0, decode.observer.recomputedHandOffs);
    assertEquals(1, decode.observer.handOffs);
    assertEquals(3 * EchoBackend.LAYOUT.blockBytes(), decode.observer.bytesHandedOver);
    assertEquals(0, decode.observer.bytesCopiedForHandOffs + decode.observer.bytesCopied);
    assertEquals(6, recorder.completion.generatedTokens());
    assertEquals(0, decode.census().held());
    assertEquals(0, decode.activeLeases());
  }

  @Test
  void aHandOffIsUsedOnce() {
    HandOff handOff = prefill(params(6));
    Recorder first = decode(params(6), handOff);
    Recorder second = decode(params(6), handOff);
    assertEquals(first.transcript(), second.transcript());
    assertEquals(1, decode.observer.recomputedHandOffs);
    assertEquals(1, decode.observer.handOffs);
    assertEquals(32, second.completion.cachedTokens(), "its full blocks are still found by hash");
  }

  @Test
  void anExpiredLeaseGivesItsBlocksBackAndTheSameTokens() {
    HandOff handOff = prefill(params(6));
    assertEquals(3, decode.census().held());
    decode.nowMs += 10_001;
    assertEquals(0, decode.activeLeases());
    assertEquals(0, decode.census().held());
    assertEquals(alone(params(6)), decode(params(6), handOff).transcript());
    assertEquals(1, decode.observer.recomputedHandOffs);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 35, 39})
  void anotherPromptsHandOffIsNotUsed(int changed) {
    HandOff handOff = prefill(params(6));
    int[] other = PROMPT.clone();
    other[changed]++;
    Recorder recorder = decode.submit(Rig.request(other, params(6), Phase.DECODE, handOff));
    decode.finish();
    assertEquals(1, decode.observer.recomputedHandOffs);
    try (Rig rig = new Rig(CONFIG, 30)) {
      assertEquals(rig.run(other, params(6)).transcript(), recorder.transcript());
    }
  }

  @Test
  void anAnswerOfOneTokenEndsInPrefill() {
    Recorder recorder = prefill.submit(Rig.request(PROMPT, params(1), Phase.PREFILL, null));
    prefill.finish();
    assertTrue(recorder.completion.handOff().isEmpty());
    assertEquals(alone(params(1)), recorder.transcript());
    assertEquals(FinishReason.LENGTH, recorder.answer(0).reason);
    assertEquals(0, prefill.census().held());
  }

  @Test
  void stopTextsSeeTheFirstTokenToo() {
    SamplingParams plain = params(12);
    try (Rig rig = new Rig(CONFIG, 30)) {
      String text = rig.run(PROMPT, plain).text(0);
      SamplingParams stopped = SamplingParams.builder().maxTokens(12).seed(4).ignoreEos(true)
          .stop(List.of(text.substring(0, 4))).build();
      Recorder recorder = decode(stopped, prefill(stopped));
      assertEquals("", recorder.text(0));
      assertEquals(FinishReason.STOP, recorder.answer(0).reason);
    }
  }

  @Test
  void severalAnswersGoOnFromOneHandOff() {
    SamplingParams several = SamplingParams.builder().maxTokens(6).seed(4).n(3).logprobs(1).build();
    Recorder recorder = decode(several, prefill(several));
    assertEquals(alone(several), recorder.transcript());
    assertEquals(1 + recorder.completion.generatedTokens() - 3, decode.backend.tokensComputed());
    assertEquals(0, decode.observer.bytesCopiedForHandOffs);
    assertEquals(2 * EchoBackend.LAYOUT.blockBytes(), decode.observer.bytesCopied,
        "each further answer goes on in a block of its own");
  }

  /** Of six blocks the hand-off has three and waits for the only seat; who sits there comes to need a fourth. */
  @ParameterizedTest
  @CsvSource({"1, 6", "0, 60"})
  void theLessUrgentGivesWay(int priorityOfTheSeated, int tokensOfTheUnharmed) {
    EngineConfig oneSeat = CONFIG.withMaxSequences(1);
    Path six = directory.resolve("six");
    try (Rig first = new Rig(oneSeat, 6, six); Rig second = new Rig(oneSeat, 6, six)) {
      Recorder prompt = first.submit(Rig.request(PROMPT, params(6), Phase.PREFILL, null));
      first.finish();
      second.submit(new GenerationRequest("seated", Arrays.copyOf(PROMPT, 16), params(60), "", priorityOfTheSeated,
          Phase.FULL, Optional.empty()));
      second.step();
      Recorder waiting = second.submit(
          Rig.request(PROMPT, params(6), Phase.DECODE, prompt.completion.handOff().orElseThrow()));
      second.finish();
      assertEquals(alone(params(6)), waiting.transcript());
      second.observer.finished.forEach(stats -> assertEquals(stats.maxTokens() == 6, stats.queueSeconds() > 1e-5,
          "only the hand-off waits, for its seat: " + stats));
      assertEquals(tokensOfTheUnharmed, second.observer.finished.getFirst().maxTokens());
      assertEquals(0, second.observer.finished.getFirst().preemptions());
      assertEquals(1, second.observer.finished.getLast().preemptions());
    }
  }

  /** Three answers have all seats and four of eight blocks, the hand-off that waits three; the third is behind it. */
  @Test
  void aFurtherAnswerGivesWayToWhatIsBeforeIt() {
    EngineConfig threeSeats = CONFIG.withMaxSequences(3);
    Path eight = directory.resolve("eight");
    SamplingParams several = SamplingParams.builder().maxTokens(20).seed(4).n(3).ignoreEos(true).build();
    try (Rig first = new Rig(threeSeats, 8, eight); Rig second = new Rig(threeSeats, 8, eight)) {
      Recorder prompt = first.submit(Rig.request(PROMPT, params(6), Phase.PREFILL, null));
      first.finish();
      second.submit(new GenerationRequest("seated", Arrays.copyOf(PROMPT, 16), several, "", 0, Phase.FULL,
          Optional.empty()));
      second.step();
      Recorder waiting = second.submit(
          Rig.request(PROMPT, params(6), Phase.DECODE, prompt.completion.handOff().orElseThrow()));
      second.finish();
      assertEquals(alone(params(6)), waiting.transcript());
      assertEquals(List.of(6), second.observer.finished.stream().filter(stats -> stats.preemptions() == 0)
          .map(EngineObserver.RequestStats::maxTokens).toList());
    }
  }

  @Test
  void withoutALeaseThePromptIsLookedUpByHash() {
    HandOff handOff = prefill(params(6));
    HandOff unleased = new HandOff(handOff.arena(), handOff.epoch(), handOff.layout(), HandOffs.NO_LEASE,
        handOff.leaseExpiresAtMs(), handOff.blocks(), handOff.blockHashes(), handOff.promptHash(), 40,
        handOff.firstToken(), handOff.firstLogprobs());
    Recorder recorder = decode(params(6), unleased);
    assertEquals(alone(params(6)), recorder.transcript());
    assertEquals(32, decode.observer.externalHits);
  }
}

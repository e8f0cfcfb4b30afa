package dev.ebb.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.SamplingParams;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two engines want the blocks of one arena: neither waits for ever, whatever comes to the other. */
class FairShareTest {
  private static final int BLOCKS = 20;
  /** Of the arena's blocks; more than is ever free at once while short requests come. */
  private static final int LONG_PROMPT_BLOCKS = 17;
  private static final EngineConfig CONFIG = EngineConfig.defaults().withPrefixCache(false);

  @TempDir private Path directory;
  private final Random random = new Random(20261129);
  private final List<Recorder> shortOnes = new ArrayList<>();
  private Rig prefill;
  private Rig decode;

  @BeforeEach
  void open() {
    prefill = new Rig(CONFIG, BLOCKS, directory);
    decode = new Rig(CONFIG, BLOCKS, directory);
  }

  @AfterEach
  void close() {
    prefill.close();
    decode.close();
  }

  private GenerationRequest request(int blocks, int tokens, int priority) {
    return Rig.request(random, blocks, tokens, priority);
  }

  /** One more that takes three blocks for a while; with one a step the arena stays full, and never has many free. */
  private void shortOne(int priority) {
    shortOnes.add(decode.submit(request(3, 10 + random.nextInt(40), priority)));
    decode.step();
  }

  private long shortOnesDone() {
    return shortOnes.stream().filter(Recorder::done).count();
  }

  private void fill() {
    for (int i = 0; i < 20; i++) {
      shortOne(0);
    }
    assertTrue(decode.loop.waiting() > 0, "the arena is not full");
  }

  @Test
  void aLongPromptIsServedWhileShortOnesComeToAnotherProcess() {
    fill();
    long before = shortOnesDone() + decode.loop.running();
    Recorder longOne = prefill.submit(request(LONG_PROMPT_BLOCKS, 1, 0));
    for (int i = 0; i < 500 && !longOne.done(); i++) {
      prefill.step();
      shortOne(0);
    }
    assertTrue(longOne.done(), "overtaken by " + shortOnesDone());
    long overtaking = shortOnesDone() + decode.loop.running() - before;
    assertTrue(overtaking >= 8, "short ones use what is free at first, and did not: " + overtaking);
    assertTrue(overtaking <= 8 + BLOCKS / 3, "overtaken by " + overtaking);
    decode.finish();
    assertEquals(shortOnes.size(), shortOnesDone());
  }

  @Test
  void urgentOnesPassWhoIsLessUrgent() {
    fill();
    Recorder batch = prefill.submit(request(LONG_PROMPT_BLOCKS, 1, 1));
    for (int i = 0; i < 500; i++) {
      prefill.step();
      shortOne(0);
    }
    assertFalse(batch.done());
    decode.finish();
    prefill.finish();
    assertTrue(batch.done());
  }

  @Test
  void aMoreUrgentWantIsServedBeforeAnOlderOne() {
    fill();
    Recorder batch = prefill.submit(request(LONG_PROMPT_BLOCKS, 40, 2));
    prefill.step();
    try (Rig third = new Rig(CONFIG, BLOCKS, directory)) {
      Recorder urgent = third.submit(request(LONG_PROMPT_BLOCKS, 1, 1));
      for (int i = 0; i < 500 && !urgent.done(); i++) {
        prefill.step();
        third.step();
        shortOne(2);
      }
      assertTrue(urgent.done());
      assertFalse(batch.done());
      decode.finish();
      prefill.finish();
      assertTrue(batch.done());
    }
  }

  @Test
  void aWantEndsWithItsRequest() {
    fill();
    Recorder longOne = new Recorder();
    Generation generation = prefill.add(request(LONG_PROMPT_BLOCKS, 1, 0), longOne);
    prefill.step();
    for (int i = 0; i < 10; i++) {
      shortOne(0);
    }
    prefill.cancel(generation);
    prefill.step();
    goesOn();
  }

  @Test
  void aWantEndsWithItsProcess() {
    fill();
    Rig third = new Rig(CONFIG, BLOCKS, directory);
    third.submit(request(LONG_PROMPT_BLOCKS, 1, 0));
    third.step();
    third.close();
    goesOn();
  }

  /** It does not say again that it wants anything, as a process that is stopped or hangs in its backend. */
  @Test
  void aWantEndsWhenItsProcessHangs() {
    fill();
    prefill.submit(request(LONG_PROMPT_BLOCKS, 1, 0));
    prefill.step();
    for (int i = 0; i < 100; i++) {
      shortOne(0);
    }
    assertTrue(decode.loop.running() <= 1, "set aside at first, but for three blocks");
    decode.nowMs += 60_000;
    goesOn();
  }

  /** Nobody else wants anything: all that is free goes to short ones. */
  private void goesOn() {
    int most = 0;
    for (int i = 0; i < 60; i++) {
      shortOne(0);
      most = Math.max(most, decode.loop.running());
    }
    // Each of four has three blocks, and a fifth needs as many beside one for each that runs.
    assertTrue(most >= 4, "only " + most + " ran");
    decode.finish();
    assertEquals(shortOnes.size(), shortOnesDone());
  }

  /** Decode's first waits for more than is free; the hand-off behind it has its blocks, and is in nobody's way. */
  @Test
  void aHandOffDoesNotWaitBehindWhoLacksBlocks() {
    SamplingParams params = SamplingParams.builder().maxTokens(6).seed(4).ignoreEos(true).build();
    int[] prompt = random.ints(40, 1, EchoModel.VOCABULARY).toArray();
    Recorder running = decode.submit(request(6, 40, 0));
    decode.step();
    Recorder prefilled = prefill.submit(Rig.request(prompt, params, Phase.PREFILL, null));
    prefill.finish();
    Recorder first = decode.submit(request(LONG_PROMPT_BLOCKS, 4, 0));
    Recorder handedOver = decode.submit(
        Rig.request(prompt, params, Phase.DECODE, prefilled.completion.handOff().orElseThrow()));
    while (!handedOver.done()) {
      decode.step();
      assertFalse(first.done() || running.done());
    }
    decode.finish();
    assertEquals(0, decode.observer.recomputedHandOffs);
    assertEquals(0, decode.observer.preemptions);
    assertEquals(4, first.tokens(0).size());
  }
}

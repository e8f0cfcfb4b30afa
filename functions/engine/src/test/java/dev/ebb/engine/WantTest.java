package dev.ebb.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.SamplingParams;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a want of blocks is worth beside other wants of its process, with a cached prefix, and without a seat. */
class WantTest {
  private static final int BLOCKS = 20;
  private static final int LONG = 17;
  private static final int STEPS = 2_000;
  /** Eight that may pass, those that run by then, and one that ends in the meantime. */
  private static final int PASSED_MOST = 20;
  private static final EngineConfig CACHING = EngineConfig.defaults();
  private static final EngineConfig PLAIN = CACHING.withPrefixCache(false);

  @TempDir private Path directory;
  private final Random random = new Random(7);
  private final List<Recorder> stream = new ArrayList<>();

  private int[] prompt(int blocks) {
    return random.ints(16L * blocks - 8, 1, EchoModel.VOCABULARY).toArray();
  }

  private Recorder submit(Rig rig, int blocks, int tokens, int priority) {
    return rig.submit(Rig.request(random, blocks, tokens, priority));
  }

  private static Recorder submit(Rig rig, int[] prompt, int tokens, int priority) {
    return rig.submit(Rig.request(prompt, tokens, priority));
  }

  private long streamed() {
    return stream.stream().filter(Recorder::done).count();
  }

  private static int stepsUntil(BooleanSupplier done, Runnable step) {
    int steps = 0;
    while (!done.getAsBoolean() && steps < STEPS) {
      step.run();
      steps++;
    }
    assertTrue(done.getAsBoolean(), "not done after " + STEPS + " steps");
    return steps;
  }

  /** Blocks that the first finds in the cache may be evicted while it waits: others must leave them to it as well. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isForThePrefixThatWasFoundToo(boolean cached) {
    try (Rig one = new Rig(CACHING, BLOCKS, directory);
        Rig other = new Rig(CACHING.withMaxSequences(3), BLOCKS, directory)) {
      int[] prompt = prompt(LONG);
      if (cached) {
        submit(one, Arrays.copyOf(prompt, 161), 1, 0);
        one.finish();
      }
      for (int i = 1; i <= 3; i++) {
        stream.add(submit(other, 3, 3 * i, 0));
      }
      other.step();
      Recorder wanted = submit(one, prompt, 1, 0);
      one.step();
      stepsUntil(wanted::done, () -> {
        if (other.loop.waiting() < 2) {
          stream.add(submit(other, 3, 9, 0));
        }
        other.step();
        one.step();
      });
      assertTrue(streamed() <= PASSED_MOST, "passed by " + streamed());
    }
  }

  /** The other process waits too, for longer but for something less urgent: that is no place for what comes now. */
  @Test
  void givesItsPlaceToItsOwnPriorityAlone() {
    try (Rig one = new Rig(PLAIN, BLOCKS, directory); Rig other = new Rig(PLAIN, BLOCKS, directory)) {
      submit(other, 3, 30, 1);
      submit(other, 3, 15, 1);
      other.step();
      submit(other, 18, 1, 2);
      other.step();
      Recorder wanted = submit(one, LONG, 1, 1);
      one.step();
      int[] step = {0};
      stepsUntil(wanted::done, () -> {
        if (step[0]++ % 12 == 0) {
          stream.add(submit(other, 3, 30, 1));
        }
        other.step();
        one.step();
      });
      assertTrue(stream.size() <= PASSED_MOST, "passed by " + stream.size());
    }
  }

  /** More urgent ones of its own process want blocks now and then, which ends its want and not its place. */
  @ParameterizedTest
  @CsvSource({"8, 6", "8, 30", "12, 10", "12, 20"})
  void keepsItsPlaceWhileAnotherStandsBeforeIt(int blocks, int period) {
    try (Rig one = new Rig(PLAIN, BLOCKS, directory); Rig other = new Rig(PLAIN, BLOCKS, directory)) {
      for (int i = 0; i < 20; i++) {
        shortOne(other);
      }
      long before = streamed() + other.loop.running();
      Recorder wanted = submit(one, LONG, 1, 1);
      List<Recorder> urgent = new ArrayList<>(List.of(submit(one, blocks, 1, 0)));
      stepsUntil(wanted::done, () -> {
        if (random.nextInt(period) == 0 && urgent.getLast().done()) {
          urgent.add(submit(one, blocks, 1, 0));
        }
        one.step();
        shortOne(other);
      });
      long passed = streamed() + other.loop.running() - before;
      assertTrue(passed <= 3 * PASSED_MOST, "passed by " + passed + ", beside " + urgent.size() + " urgent ones");
    }
  }

  private void shortOne(Rig rig) {
    stream.add(submit(rig, 3, 10 + random.nextInt(40), 1));
    rig.step();
  }

  /** More urgent ones take the only seat one after the other: meanwhile others may have the blocks. */
  @Test
  void setsNothingAsideWithoutASeat() {
    try (Rig one = new Rig(PLAIN.withMaxSequences(1), BLOCKS, directory);
        Rig other = new Rig(PLAIN, BLOCKS, directory)) {
      Recorder holder = submit(other, 5, 20, 1);
      other.step();
      submit(one, LONG, 1, 1);
      one.step();
      stepsUntil(holder::done, () -> {
        submit(other, 1, 2, 1);
        other.step();
      });
      Recorder[] urgent = {submit(one, 1, 8, 0)};
      for (int i = 0; i < 200; i++) {
        if (urgent[0].done()) {
          urgent[0] = submit(one, 1, 8, 0);
        }
        one.step();
        stream.add(submit(other, 6, 3, 1));
        other.step();
      }
      assertTrue(streamed() > 50, "only " + streamed() + " of " + stream.size());
    }
  }

  /** A prompt before it takes all tokens of many steps. */
  @Test
  void setsNothingAsideWithoutTokens() {
    try (Rig one = new Rig(PLAIN.withLimits(4, 4), 200, directory); Rig other = new Rig(PLAIN, 200, directory)) {
      submit(other, 150, 3, 0);
      other.step();
      submit(one, 90, 1, 1);
      one.step();
      for (int i = 0; i < 20; i++) {
        submit(other, 1, 2, 1);
      }
      other.step();
      submit(one, 30, 1, 0);
      one.step();
      other.finish();
      Recorder late = submit(other, 100, 2, 1);
      int steps = stepsUntil(late::done, () -> {
        one.step();
        other.step();
      });
      assertTrue(steps < 20, steps + " steps beside free blocks");
    }
  }

  /** Hand-offs that wait for a seat have their blocks, and none of them is as urgent as the first. */
  @Test
  void anUrgentOneDoesNotWaitForLessUrgentHandOffs() {
    try (Rig prefill = new Rig(PLAIN, 30, directory); Rig decode = new Rig(PLAIN.withMaxSequences(2), 30, directory)) {
      for (int i = 0; i < 12; i++) {
        SamplingParams sampling = SamplingParams.builder().maxTokens(20).ignoreEos(true).build();
        int[] prompt = prompt(2);
        Recorder prefilled = prefill.submit(
            new GenerationRequest("r", prompt, sampling, "", 9, Phase.PREFILL, Optional.empty()));
        prefill.finish();
        stream.add(decode.submit(
            new GenerationRequest("r", prompt, sampling, "", 9, Phase.DECODE, prefilled.completion.handOff())));
      }
      decode.step();
      Recorder urgent = submit(decode, 20, 1, 0);
      stepsUntil(urgent::done, decode::step);
      assertTrue(streamed() <= 2, streamed() + " were done before it");
      decode.finish();
      assertEquals(12, streamed());
    }
  }
}

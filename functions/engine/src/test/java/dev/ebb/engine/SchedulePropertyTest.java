package dev.ebb.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.SamplingParams;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Random schedules. Whatever the batch, the chunks, the cache, the preemptions and the split between two
 * engines, every request gives the tokens that it gives alone; and after every step every block is free,
 * cached or held, by exactly the marks that say so (checked in {@link Rig#step}).
 */
class SchedulePropertyTest {
  private static final int TRIES = 120;

  // What the random schedules have gone through; without it they would prove nothing.
  private static int preemptions;
  private static int localHits;
  private static int externalHits;
  private static int recomputed;

  @AfterContainer
  static void schedulesWereInteresting() {
    assertTrue(preemptions > 0, "nothing was ever preempted");
    assertTrue(localHits > 0, "no prefix was ever found");
    assertTrue(externalHits > 0, "nothing was ever handed over");
    assertTrue(recomputed > 0, "no hand-off was ever refused");
  }

  /** Requests with shared beginnings, so that caches are hit. */
  private static List<GenerationRequest> requests(Random random, int count) {
    int[] common = random.ints(random.nextInt(1, 90), 1, EchoModel.VOCABULARY).toArray();
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int shared = random.nextInt(common.length + 1);
      int own = random.nextInt(shared == 0 ? 1 : 0, 40);
      int[] prompt = java.util.Arrays.copyOf(common, shared + own);
      for (int t = shared; t < prompt.length; t++) {
        prompt[t] = random.nextInt(1, EchoModel.VOCABULARY);
      }
      requests.add(new GenerationRequest("r" + i, prompt, sampling(random), random.nextInt(4) == 0 ? "tenant" : "",
          random.nextInt(3), Phase.FULL, Optional.empty()));
    }
    return requests;
  }

  private static SamplingParams sampling(Random random) {
    var builder = SamplingParams.builder().maxTokens(random.nextInt(0, 40)).seed(random.nextLong())
        .temperature(random.nextBoolean() ? 0 : 1.1f).n(random.nextInt(4) == 0 ? 3 : 1)
        .logprobs(random.nextInt(-1, 3)).promptLogprobs(random.nextInt(5) == 0 ? 2 : -1);
    if (random.nextBoolean()) {
      builder.stop(List.of("ab", "kaz", "q")).topK(40).topP(0.9f);
    }
    if (random.nextBoolean()) {
      builder.ignoreEos(true).repetitionPenalty(1.2f).frequencyPenalty(0.5f).presencePenalty(0.3f);
    }
    return builder.build();
  }

  /** What each request gives alone, in one chunk, with no cache. */
  private static Map<String, String> alone(List<GenerationRequest> requests) {
    Map<String, String> expected = new HashMap<>();
    for (GenerationRequest request : requests) {
      try (Rig rig = new Rig(EngineConfig.defaults().withPrefixCache(false), 200)) {
        Recorder recorder = rig.submit(request);
        rig.finish();
        expected.put(request.id(), everything(recorder));
      }
    }
    return expected;
  }

  private static String everything(Recorder recorder) {
    assertNull(recorder.failure);
    StringBuilder all = new StringBuilder(recorder.transcript());
    recorder.answers.values().forEach(answer -> answer.logprobs.forEach(l -> all.append(print(l))));
    if (recorder.promptLogprobs != null) {
      recorder.promptLogprobs.forEach(l -> all.append(print(l)));
    }
    return all.toString();
  }

  private static String print(dev.ebb.engine.request.TokenLogprobs l) {
    return " " + l.token() + ":" + l.logprob() + "#" + l.rank() + java.util.Arrays.toString(l.topTokens());
  }

  @Property(tries = TRIES)
  void sameTokensInAnySchedule(@ForAll long seed, @ForAll @IntRange(min = 1, max = 512) int chunk,
      @ForAll @IntRange(min = 1, max = 8) int seats, @ForAll @IntRange(min = 11, max = 60) int blocks) {
    Random random = new Random(seed);
    List<GenerationRequest> requests = requests(random, random.nextInt(1, 9));
    EngineConfig config = EngineConfig.defaults().withMaxSequences(seats).withChunkTokens(chunk)
        .withPrefixCache(random.nextBoolean());
    Map<String, Recorder> heard = new HashMap<>();
    try (Rig rig = new Rig(config, blocks)) {
      for (GenerationRequest request : requests) {
        heard.put(request.id(), rig.submit(request));
        for (int i = random.nextInt(6); i > 0; i--) {
          rig.step();
        }
      }
      rig.finish();
      preemptions += rig.observer.preemptions;
      localHits += rig.observer.localHits;
      assertEquals(0, rig.census().held());
      assertTrue(rig.backend.logitsRowsMax() <= config.promptLogprobRows() + seats + 1);
    }
    Map<String, String> expected = alone(requests);
    heard.forEach((id, recorder) -> assertEquals(expected.get(id), everything(recorder), id));
  }

  @Property(tries = TRIES)
  void sameTokensAcrossHandOff(@ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int chunk,
      @ForAll @IntRange(min = 22, max = 80) int blocks) {
    Random random = new Random(seed);
    List<GenerationRequest> requests = requests(random, random.nextInt(1, 7));
    EngineConfig config = EngineConfig.defaults().withChunkTokens(chunk).withLeaseTimeout(Duration.ofSeconds(5));
    Path directory = Rig.temporaryDirectory();
    Map<String, String> expected = alone(requests);
    try (Rig prefill = new Rig(config, blocks, directory); Rig decode = new Rig(config, blocks, directory)) {
      Split split = new Split(prefill, decode, random);
      requests.forEach(split::submit);
      split.finish();
      externalHits += decode.observer.externalHits;
      recomputed += decode.observer.recomputedHandOffs;
      for (GenerationRequest request : requests) {
        assertEquals(expected.get(request.id()), everything(split.heard(request.id())), request.id());
      }
      prefill.nowMs += 10_000;
      decode.nowMs += 10_000;
      assertEquals(0, decode.activeLeases());
      assertEquals(0, decode.census().held());
      assertEquals(0, prefill.census().held());
    } finally {
      Rig.delete(directory);
    }
  }
}

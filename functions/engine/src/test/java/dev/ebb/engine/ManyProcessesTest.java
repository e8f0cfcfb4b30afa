package dev.ebb.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.transfer.HandOff;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Two to four engines on a small arena, whose requests are handed over and cancelled, and which come and go: all that
 * is asked for ends, and nobody holds or wants anything in the end.
 */
class ManyProcessesTest {
  private static final int SCHEDULES = 250;
  private static final int ROUNDS_MAX = 30_000;

  private record Job(GenerationRequest request, Generation generation, Recorder recorder, Rig rig) {}

  @Test
  void allEnds() {
    int preemptions = 0;
    for (int seed = 0; seed < SCHEDULES; seed++) {
      Path directory = Rig.temporaryDirectory();
      preemptions += new Schedule(new Random(seed), directory, "seed " + seed).run();
      Rig.delete(directory);
    }
    assertTrue(preemptions > SCHEDULES, "only " + preemptions + " preemptions");
  }

  /** One random schedule. */
  private static final class Schedule {
    private final Random random;
    private final Path directory;
    private final String name;
    private final int blocks;
    private final int priorities;
    private final int[] common;
    private final EngineConfig config;
    private final List<Rig> rigs = new ArrayList<>();
    private final List<Job> jobs = new ArrayList<>();
    private int toSubmit;
    private int preemptions;

    Schedule(Random random, Path directory, String name) {
      this.random = random;
      this.directory = directory;
      this.name = name;
      blocks = random.nextInt(12, 30);
      priorities = random.nextInt(1, 4);
      common = random.ints(16 * 6, 1, EchoModel.VOCABULARY).toArray();
      toSubmit = random.nextInt(5, 40);
      config = config();
      for (int i = random.nextInt(2, 5); i > 0; i--) {
        rigs.add(new Rig(config, blocks, directory));
      }
    }

    private EngineConfig config() {
      EngineConfig some = EngineConfig.defaults().withLeaseTimeout(Duration.ofSeconds(2))
          .withPrefixCache(random.nextBoolean());
      int tokens = random.nextInt(4, 80);
      return random.nextBoolean()
          ? some.withLimits(tokens, random.nextInt(1, Math.min(tokens, 8) + 1))
          : some.withChunkTokens(random.nextInt(1, 100)).withMaxSequences(random.nextInt(1, 6));
    }

    int run() {
      boolean busy = true;
      for (int round = 0; busy || toSubmit > 0 || !jobs.isEmpty(); round++) {
        assertTrue(round < ROUNDS_MAX, () -> name + ": " + jobs.size() + " wait for ever, " + rigs.getFirst().census());
        submitSometimes();
        cancelSometimes();
        replaceSometimes();
        busy = step() | handOver();
      }
      rigs.forEach(rig -> rig.nowMs += 100_000);
      checkLeft(rigs.getFirst());
      rigs.forEach(this::close);
      return preemptions;
    }

    private void submitSometimes() {
      if (toSubmit > 0 && random.nextInt(4) == 0) {
        toSubmit--;
        submit(request());
      }
    }

    private GenerationRequest request() {
      int length = random.nextInt(3) == 0 ? random.nextInt(1, 16 * (blocks - 2)) : random.nextInt(1, 50);
      int[] prompt = random.ints(length, 1, EchoModel.VOCABULARY).toArray();
      System.arraycopy(common, 0, prompt, 0, random.nextInt(Math.min(length, common.length)));
      int n = random.nextInt(4) == 0 ? random.nextInt(1, 5) : 1;
      Phase phase = n == 1 && random.nextInt(3) == 0 ? Phase.PREFILL : Phase.FULL;
      SamplingParams sampling = SamplingParams.builder().temperature(n > 1 ? 1 : 0).n(n).ignoreEos(true)
          .maxTokens(Math.min(random.nextInt(1, 60), 16 * blocks - length + 1))
          .promptLogprobs(phase == Phase.FULL && random.nextInt(8) == 0 ? 1 : -1).build();
      return new GenerationRequest("r", prompt, sampling, "", random.nextInt(priorities), phase, Optional.empty());
    }

    private void submit(GenerationRequest request) {
      Rig rig = rigs.get(random.nextInt(rigs.size()));
      Recorder recorder = new Recorder();
      jobs.add(new Job(request, rig.add(request, recorder), recorder, rig));
    }

    private void cancelSometimes() {
      if (!jobs.isEmpty() && random.nextInt(60) == 0) {
        Job job = jobs.get(random.nextInt(jobs.size()));
        job.rig.cancel(job.generation);
      }
    }

    /** As where functions stop, with what they had or without a word, and others start. */
    private void replaceSometimes() {
      if (rigs.size() > 1 && random.nextInt(150) == 0) {
        Rig gone = rigs.remove(random.nextInt(rigs.size()));
        if (random.nextBoolean()) {
          gone.loop.failAll(new IllegalStateException("stopped, as this test wants it"));
        }
        close(gone);
        jobs.removeIf(job -> job.rig == gone);
        if (random.nextBoolean()) {
          rigs.add(new Rig(config, blocks, directory));
        }
      }
    }

    private void close(Rig rig) {
      preemptions += rig.observer.preemptions;
      rig.close();
    }

    /** Steps some of them; whether one may have work. */
    private boolean step() {
      boolean busy = false;
      for (Rig rig : rigs) {
        busy |= random.nextInt(3) == 0 || rig.step() != EngineLoop.Result.IDLE;
        rig.nowMs++;
      }
      return busy;
    }

    /** Whether there was something to hand over. Some claim checks get lost on their way. */
    private boolean handOver() {
      List<Job> done = jobs.stream().filter(job -> job.recorder.done()).toList();
      jobs.removeAll(done);
      boolean any = false;
      for (Job job : done) {
        assertNull(job.recorder.failure);
        Optional<HandOff> handOff = job.recorder.completion.handOff();
        if (handOff.isPresent() && random.nextInt(8) > 0) {
          GenerationRequest asked = job.request;
          submit(new GenerationRequest(asked.id(), asked.promptTokens(), asked.sampling(), "", asked.priority(),
              Phase.DECODE, handOff));
          any = true;
        }
      }
      return any;
    }

    private void checkLeft(Rig rig) {
      assertEquals(0, rig.activeLeases(), name);
      assertEquals(0, rig.census().held(), name);
      try (Arena.Scope scope = rig.arena.scope()) {
        assertEquals(0, rig.arena.wants().setAside(Integer.MAX_VALUE), name);
      }
    }
  }
}

package dev.ebb.engine;

import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.kv.ArenaConfig;
import dev.ebb.engine.kv.BlockCensus;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.transfer.HandOff;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** An engine loop on an echo backend, stepped by hand, with the invariants checked after every step. */
final class Rig implements AutoCloseable {
  private static final int STEPS_MAX = 100_000;

  final Arena arena;
  final EchoBackend backend = new EchoBackend();
  final CountingObserver observer = new CountingObserver();
  final EngineLoop loop;
  private final Path ownDirectory;
  private final List<Generation> arrived = new ArrayList<>();
  private final List<Generation> cancelled = new ArrayList<>();
  private long arrivals;
  private long nanos;
  long nowMs = 1_000_000;

  Rig(EngineConfig config, int blocks) {
    this(config, blocks, temporaryDirectory(), true);
  }

  /** On an arena that others use too. */
  Rig(EngineConfig config, int blocks, Path directory) {
    this(config, blocks, directory, false);
  }

  private Rig(EngineConfig config, int blocks, Path directory, boolean own) {
    ownDirectory = own ? directory : null;
    ArenaConfig arenaConfig = new ArenaConfig(directory, "node", blocks * KvLayout.BLOCK_TOKENS);
    arena = Arena.open(arenaConfig, EchoBackend.LAYOUT, EchoModel.FINGERPRINT, () -> Instant.ofEpochMilli(nowMs));
    backend.load(new EchoModel(), arena.layout());
    backend.attach(arena.blockMemory(), arena.blocks(), config.batchLimits());
    loop = new EngineLoop(config, EchoModel.VOCABULARY, Engine.sampler(EchoModel.VOCABULARY, new EchoModel.Pieces()),
        backend, arena, observer, () -> nanos += 1000, () -> Instant.ofEpochMilli(nowMs));
  }

  static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("ebb-arena");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Recorder submit(int[] prompt, SamplingParams sampling) {
    return submit(request(prompt, sampling, Phase.FULL, null));
  }

  static GenerationRequest request(int[] prompt, SamplingParams sampling, Phase phase, HandOff handOff) {
    return new GenerationRequest("r", prompt, sampling, "", 0, phase, Optional.ofNullable(handOff));
  }

  /** One whose answer has so many tokens, after a random prompt that fills so many blocks but half of the last. */
  static GenerationRequest request(Random random, int blocks, int tokens, int priority) {
    int[] prompt = random.ints(16L * blocks - 8, 1, EchoModel.VOCABULARY).toArray();
    return request(prompt, tokens, priority);
  }

  static GenerationRequest request(int[] prompt, int tokens, int priority) {
    SamplingParams sampling = SamplingParams.builder().maxTokens(tokens).ignoreEos(true).build();
    return new GenerationRequest("r", prompt, sampling, "", priority, Phase.FULL, Optional.empty());
  }

  Recorder submit(GenerationRequest request) {
    Recorder recorder = new Recorder();
    add(request, recorder);
    return recorder;
  }

  Generation add(GenerationRequest request, dev.ebb.engine.request.GenerationListener listener) {
    Generation generation = new Generation(request, listener, new EchoModel.Pieces(), EchoModel.FINGERPRINT,
        arrivals++, nanos += 1000);
    arrived.add(generation);
    return generation;
  }

  void cancel(Generation generation) {
    cancelled.add(generation);
  }

  EngineLoop.Result step() {
    List<Generation> now = List.copyOf(arrived);
    List<Generation> gone = List.copyOf(cancelled);
    arrived.clear();
    cancelled.clear();
    EngineLoop.Result result = loop.step(now, gone);
    checkIntegrity();
    return result;
  }

  /** Steps until nothing is left to do. */
  void finish() {
    for (int i = 0; i < STEPS_MAX; i++) {
      if (step() == EngineLoop.Result.IDLE) {
        return;
      }
    }
    throw new AssertionError("still not done after " + STEPS_MAX + " steps: " + census());
  }

  Recorder run(int[] prompt, SamplingParams sampling) {
    Recorder recorder = submit(prompt, sampling);
    finish();
    return recorder;
  }

  void checkIntegrity() {
    try (Arena.Scope scope = arena.scope()) {
      arena.checkIntegrity();
    }
  }

  BlockCensus census() {
    try (Arena.Scope scope = arena.scope()) {
      return arena.census();
    }
  }

  int activeLeases() {
    try (Arena.Scope scope = arena.scope()) {
      return arena.activeLeases();
    }
  }

  @Override
  public void close() {
    loop.close();
    arena.close();
    if (ownDirectory != null) {
      delete(ownDirectory);
    }
  }
}

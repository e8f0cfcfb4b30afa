package dev.ebb.it.invariance;

import dev.ebb.engine.Engine;
import dev.ebb.engine.EngineConfig;
import dev.ebb.engine.EngineObserver;
import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.kv.ArenaConfig;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.tokenizer.Tokenizer;
import dev.ebb.engine.transfer.HandOff;
import dev.ebb.it.harness.Backends;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** An engine on the {@code cpu} backend with an arena, in this JVM. */
final class Rig implements AutoCloseable {
  private final Backend backend;
  private final Arena arena;
  private final Engine engine;

  /**
   * @param folder of the arena; two rigs on one folder share their blocks as prefill and decode do
   * @param kvTokens tokens that the arena holds
   */
  Rig(ModelFile model, Tokenizer tokenizer, int threads, EngineConfig config, Path folder, int kvTokens) {
    backend = Backends.open("cpu", threads);
    KvLayout layout = KvLayout.of(model.config(), backend.kvType());
    arena = Arena.open(new ArenaConfig(folder, "localhost", kvTokens), layout, model.fingerprint());
    engine = Engine.start(config, model, tokenizer, backend, arena, EngineObserver.NONE);
  }

  /** Answers to requests handed in one after another, each after the one before has ended. */
  List<Answer> oneByOne(List<GenerationRequest> requests) {
    return requests.stream().map(request -> submit(request).join()).toList();
  }

  /** Answers to requests handed in together; the engine's limit says how many run at once. */
  List<Answer> together(List<GenerationRequest> requests) {
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    requests.forEach(request -> answers.add(submit(request)));
    return answers.stream().map(CompletableFuture::join).toList();
  }

  private CompletableFuture<Answer> submit(GenerationRequest request) {
    Answer.Collector collector = new Answer.Collector();
    engine.submit(request, collector);
    return collector.answer();
  }

  /** The prefill part of requests. */
  static List<GenerationRequest> prefill(List<GenerationRequest> requests) {
    return requests.stream().map(request -> of(request, Phase.PREFILL, Optional.empty())).toList();
  }

  /** The decode part of requests, going on from what prefill handed off. */
  static List<GenerationRequest> decode(List<GenerationRequest> requests, List<Answer> prefilled) {
    List<GenerationRequest> parts = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      parts.add(of(requests.get(i), Phase.DECODE, prefilled.get(i).handOff()));
    }
    return parts;
  }

  private static GenerationRequest of(
      GenerationRequest request, Phase phase, Optional<HandOff> handOff) {
    return new GenerationRequest(request.id(), request.promptTokens(), request.sampling(), request.cacheSalt(),
        request.priority(), phase, handOff);
  }

  /** Part of the arena in use, to see that nothing stays behind. */
  double kvUsage() {
    return engine.kvUsage();
  }

  @Override
  public void close() {
    engine.close();
    backend.close();
    arena.close();
  }
}

package dev.ebb.runtime.start;

import dev.ebb.engine.Engine;
import dev.ebb.engine.EngineConfig;
import dev.ebb.engine.EngineObserver;
import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BackendProvider;
import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.kv.ArenaConfig;
import dev.ebb.engine.kv.ArenaException;
import dev.ebb.engine.kv.KvBudget;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.ModelFormatException;
import dev.ebb.engine.model.Models;
import dev.ebb.engine.tokenizer.Tokenizer;
import dev.ebb.engine.tokenizer.Tokenizers;
import dev.ebb.runtime.config.ConfigCheck;
import dev.ebb.runtime.config.EbbConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Brings an engine up step by step; what was opened is closed again when a later step fails. */
final class EngineStart {
  private static final Logger LOG = Logger.getLogger(EngineStart.class);

  private final EbbConfig config;
  private final StartStages stages;
  private final EngineObserver observer;

  EngineStart(EbbConfig config, StartStages stages, EngineObserver observer) {
    this.config = config;
    this.stages = stages;
    this.observer = observer;
  }

  /**
   * @throws StartException saying in one sentence what is wrong and what to do
   */
  RunningEngine run() {
    try {
      ConfigCheck.check(config);
      return withModel(stages.time(StartStages.MODEL_MAP, this::openModel));
    } catch (BackendException e) {
      throw new StartException(switch (e.reason()) {
        case UNSUPPORTED -> StartFailure.BACKEND_UNAVAILABLE;
        case OUT_OF_MEMORY -> StartFailure.MEMORY;
        default -> StartFailure.INTERNAL;
      }, "backend " + config.backend() + ": " + e.getMessage(), e);
    } catch (ArenaException e) {
      StartFailure failure =
          e.reason() == ArenaException.Reason.NO_SPACE ? StartFailure.NO_SPACE : StartFailure.ARENA;
      throw new StartException(failure, e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new StartException(StartFailure.CONFIG, e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw new StartException(StartFailure.MEMORY, "the memory of the virtual machine is not enough: "
          + e.getMessage() + ". Give it more, or lower EBB_KV_TOKENS", e);
    }
  }

  private ModelFile openModel() {
    Path path = config.model().path().orElseThrow();
    if (!Files.exists(path)) {
      throw new StartException(StartFailure.MODEL_MISSING,
          "there is no model at " + path + "; fetch it with \"ebb model pull\" or correct EBB_MODEL_PATH");
    }
    try {
      return Models.open(path);
    } catch (ModelFormatException e) {
      throw new StartException(StartFailure.MODEL_UNUSABLE, e.getMessage(), e);
    }
  }

  private RunningEngine withModel(ModelFile model) {
    return closingOnFailure(model, () -> {
      // The tokenizer needs one core while the weights wait for memory.
      CompletableFuture<Tokenizer> tokenizer = CompletableFuture.supplyAsync(
          () -> stages.time(StartStages.TOKENIZER, () -> Tokenizers.build(model.tokenizer())));
      Backend backend = openBackend();
      return closingOnFailure(backend, () -> withBackend(model, tokenizer, backend));
    });
  }

  private RunningEngine withBackend(ModelFile model, CompletableFuture<Tokenizer> tokenizer, Backend backend) {
    KvLayout layout = KvLayout.of(model.config(), backend.kvType());
    Path directory = config.arena().dir().orElseThrow();
    int wished = config.kv().tokens();
    int tokens = kvTokens(wished, layout);
    Arena arena = stages.time(StartStages.ARENA,
        () -> Arena.open(new ArenaConfig(directory, config.node(), tokens, wished), layout, model.fingerprint()));
    if (arena.tokens() < tokens) {
      LOG.warnf("the KV arena in %s keeps its %d tokens, and what they cache, where %d could be: it is made anew, when"
          + " nobody uses it, for a setting that is lower or more than a quarter higher; delete it to get them now",
          directory, arena.tokens(), tokens);
    }
    return closingOnFailure(arena, () -> {
      Tokenizer ready = join(tokenizer);
      Engine engine = stages.time(StartStages.WEIGHTS_LOAD, () -> start(model, ready, backend, arena, wished));
      LOG.infof("model %s, %s, %d KV tokens in %s",
          model.config().name(), backend.device(), arena.tokens(), directory);
      return new RunningEngine(model, ready, backend, arena, engine);
    });
  }

  private Engine start(ModelFile model, Tokenizer tokenizer, Backend backend, Arena arena, int wished) {
    try {
      return Engine.start(engineConfig(), model, tokenizer, backend, arena, observer);
    } catch (BackendException e) {
      if (e.reason() != BackendException.Reason.OUT_OF_MEMORY || arena.tokens() <= wished) {
        throw e;
      }
      // Its size is that of whoever made it, so a lower setting changes nothing while others use it.
      throw new BackendException(e.getMessage() + ". The KV arena has " + arena.tokens() + " tokens where "
          + wished + " are asked for now: stop the other functions that use it, and it is made anew", e);
    }
  }

  private static int kvTokens(int wished, KvLayout layout) {
    if (wished < layout.blockTokens()) {
      throw new StartException(StartFailure.CONFIG, "EBB_KV_TOKENS must be at least " + layout.blockTokens()
          + ", one block of keys and values, got " + wished);
    }
    int tokens = KvBudget.tokens(wished, layout);
    if (tokens == 0) {
      throw new StartException(StartFailure.MEMORY, "one block of keys and values needs " + layout.blockBytes()
          + " bytes, and a quarter of the available memory is less; free memory or take a smaller model");
    }
    if (tokens < wished - layout.blockTokens()) {
      LOG.warnf("EBB_KV_TOKENS is %d, and a quarter of this machine's free memory holds %d: a KV arena that is made now"
          + " gets those", wished, tokens);
    }
    return tokens;
  }

  private static Tokenizer join(CompletableFuture<Tokenizer> tokenizer) {
    try {
      return tokenizer.join();
    } catch (CompletionException e) {
      throw new StartException(StartFailure.MODEL_UNUSABLE, "tokenizer: " + e.getCause().getMessage(), e);
    }
  }

  private Backend openBackend() {
    List<BackendProvider> providers =
        ServiceLoader.load(BackendProvider.class).stream().map(ServiceLoader.Provider::get).toList();
    BackendProvider provider = providers.stream()
        .filter(p -> p.name().equals(config.backend()))
        .findFirst()
        .orElseThrow(() -> new StartException(StartFailure.CONFIG, "EBB_BACKEND names " + config.backend()
            + ", but there are " + providers.stream().map(BackendProvider::name).toList()));
    BackendProvider.Availability availability = provider.availability();
    if (!availability.available()) {
      throw new StartException(StartFailure.BACKEND_UNAVAILABLE, "backend " + config.backend()
          + " cannot run here: " + availability.description());
    }
    int threads = config.threads().orElseGet(() -> Runtime.getRuntime().availableProcessors());
    return provider.open(threads, kvType(provider));
  }

  private KvLayout.Type kvType(BackendProvider provider) {
    List<KvLayout.Type> possible = provider.kvTypes();
    return config.kv().type().map(wished -> KvLayout.Type.of(wished).filter(possible::contains)
        .orElseThrow(() -> new StartException(StartFailure.CONFIG, "EBB_KV_TYPE is " + wished + ", but backend "
            + provider.name() + " keeps keys and values as "
            + String.join(" or ", possible.stream().map(KvLayout.Type::key).toList())
            + "; set one of these, or leave it out")))
        .orElse(possible.getFirst());
  }

  private EngineConfig engineConfig() {
    EngineConfig engine = EngineConfig.defaults()
        .withLimits(config.tokenBudget(), Math.min(config.maxSequences(), config.tokenBudget()));
    return config.chunkTokens().isPresent()
        ? engine.withChunkTokens(Math.min(config.chunkTokens().getAsInt(), config.tokenBudget()))
        : engine;
  }

  private static <T> T closingOnFailure(AutoCloseable opened, Supplier<T> next) {
    try {
      return next.get();
    } catch (RuntimeException | Error e) {
      try {
        opened.close();
      } catch (Exception closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }
}

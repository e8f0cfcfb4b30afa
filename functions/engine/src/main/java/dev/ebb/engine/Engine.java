package dev.ebb.engine;

import dev.ebb.engine.EngineUnavailableException.Reason;
import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.request.GenerationListener;
import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.sampling.Sampler;
import dev.ebb.engine.tokenizer.Tokenizer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.stream.IntStream;

/**
 * Generates text for many requests at once on one backend.
 *
 * <p>One thread owns backend and arena and takes {@link EngineLoop steps}; everything here may be
 * called from any thread.
 */
public final class Engine implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Engine.class.getName());
  private static final Duration IDLE_WAIT = Duration.ofSeconds(1);
  /** Blocks are freed by other processes without a word, so they are looked for. */
  private static final Duration BLOCKED_WAIT = Duration.ofMillis(2);

  private final EngineLoop loop;
  private final Arena arena;
  private final Tokenizer tokenizer;
  private final String modelFingerprint;
  private final RequestCheck check;
  private final Mailbox mailbox = new Mailbox();
  private final Thread thread;
  private volatile boolean healthy = true;
  private volatile int running;
  private volatile int waiting;
  /** By {@link System#nanoTime()}; 0 between steps. */
  private volatile long stepBegan;

  private Engine(EngineLoop loop, ModelFile model, Tokenizer tokenizer, Arena arena) {
    this.loop = loop;
    this.arena = arena;
    this.tokenizer = tokenizer;
    this.modelFingerprint = model.fingerprint();
    this.check = new RequestCheck(model.config(), arena);
    this.thread = Thread.ofPlatform().name("ebb-engine").daemon().unstarted(this::run);
  }

  /**
   * Loads the model into the backend, gives it the arena's blocks and starts the engine thread. Backend,
   * arena and model stay the caller's, who closes them, in this order, after the engine.
   *
   * @throws BackendException when the backend cannot load the model, or has no memory for it and the steps
   */
  public static Engine start(EngineConfig config, ModelFile model, Tokenizer tokenizer, Backend backend,
      Arena arena, EngineObserver observer) {
    backend.load(model, arena.layout());
    backend.attach(arena.blockMemory(), arena.blocks(), config.batchLimits());
    int vocabulary = model.config().vocabulary();
    EngineLoop loop = new EngineLoop(config, vocabulary, sampler(vocabulary, tokenizer), backend, arena, observer,
        System::nanoTime, InstantSource.system());
    Engine engine = new Engine(loop, model, tokenizer, arena);
    engine.thread.start();
    return engine;
  }

  static Sampler sampler(int vocabulary, Tokenizer tokenizer) {
    int choosable = Math.min(vocabulary, tokenizer.vocabularySize());
    int[] endTokens = IntStream.range(0, choosable).filter(tokenizer::endsGeneration).toArray();
    return new Sampler(vocabulary, choosable, endTokens);
  }

  /**
   * Hands in a request; its results come to {@code listener} on the engine thread.
   *
   * @throws dev.ebb.engine.request.InvalidParameterException when the request can never be served
   * @throws EngineUnavailableException when the engine drains, is closed or has lost its backend
   */
  public GenerationTicket submit(GenerationRequest request, GenerationListener listener) {
    Generation generation = new Generation(check.fitted(request), listener, tokenizer, modelFingerprint,
        mailbox.nextArrival(), System.nanoTime());
    mailbox.deliver(generation);
    return new Ticket(generation);
  }

  private final class Ticket implements GenerationTicket {
    private final Generation generation;

    Ticket(Generation generation) {
      this.generation = generation;
    }

    @Override
    public String id() {
      return generation.request().id();
    }

    @Override
    public void cancel() {
      mailbox.cancel(generation);
    }
  }

  /** Sequences that are computed now. */
  public int running() {
    return running;
  }

  /** Sequences that wait for a seat or for blocks. */
  public int waiting() {
    return waiting + mailbox.arrivals();
  }

  /** Part of the arena's blocks in use, over all processes, in [0, 1]. */
  public double kvUsage() {
    return arena.usage();
  }

  /** Whether the backend still works; once false it stays so. */
  public boolean healthy() {
    return healthy;
  }

  /**
   * How long the engine thread has been at its present step, {@link Duration#ZERO} between two: one that never ends, in
   * the backend or at the arena's lock, is seen by nothing else.
   */
  public Duration stepTime() {
    long began = stepBegan;
    return began == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - began);
  }

  /** Refuses new work and waits for what is running; whether all of it ended in time. */
  public boolean drain(Duration timeout) {
    return mailbox.drain(timeout);
  }

  /** Stops the engine thread; what is unfinished fails as {@code CLOSED}. */
  @Override
  public void close() {
    mailbox.close(Reason.CLOSED);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    RuntimeException end;
    try {
      work();
      end = new EngineUnavailableException(Reason.CLOSED, "the engine was closed before the request ended");
    } catch (BackendException e) {
      LOG.log(Level.ERROR, "the backend is lost", e);
      end = e;
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "the engine broke", e);
      end = new EngineUnavailableException(Reason.UNHEALTHY, "the engine broke: " + e, e);
    }
    healthy = end instanceof EngineUnavailableException closed && closed.reason() == Reason.CLOSED;
    mailbox.close(healthy ? Reason.CLOSED : Reason.UNHEALTHY);
    loop.failAll(end);
    for (Generation late : mailbox.take(true, Duration.ZERO).arrived()) {
      late.fail(end);
    }
    mailbox.idle(true);
    note();
    stepBegan = 0;
    loop.close();
  }

  private void work() {
    EngineLoop.Result result = EngineLoop.Result.IDLE;
    while (!mailbox.closed()) {
      Mailbox.Mail mail = switch (result) {
        case WORKED -> mailbox.take(false, Duration.ZERO);
        case BLOCKED -> mailbox.take(false, BLOCKED_WAIT);
        case IDLE -> mailbox.take(true, IDLE_WAIT);
      };
      stepBegan = System.nanoTime() | 1;
      if (result == EngineLoop.Result.IDLE && mail.isEmpty()) {
        loop.tidy();
      } else {
        result = loop.step(mail.arrived(), mail.cancelled());
        note();
      }
      stepBegan = 0;
    }
  }

  private void note() {
    running = loop.running();
    waiting = loop.waiting();
  }
}

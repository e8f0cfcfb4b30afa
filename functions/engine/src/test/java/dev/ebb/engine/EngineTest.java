package dev.ebb.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.kv.ArenaConfig;
import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.engine.request.SamplingParams;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine with its thread. */
class EngineTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path directory;
  private final EchoBackend backend = new EchoBackend();
  private Arena arena;
  private Engine engine;

  @BeforeEach
  void start() {
    arena = Arena.open(new ArenaConfig(directory, "node", 16 * 40), EchoBackend.LAYOUT, EchoModel.FINGERPRINT);
    engine = Engine.start(EngineConfig.defaults(), new EchoModel(), new EchoModel.Pieces(), backend, arena,
        EngineObserver.NONE);
  }

  @AfterEach
  void stop() {
    engine.close();
    arena.close();
  }

  private static GenerationRequest request(String id, int promptLength, SamplingParams params) {
    int[] prompt = new int[promptLength];
    for (int i = 0; i < promptLength; i++) {
      prompt[i] = 1 + i * 13 % 79;
    }
    return new GenerationRequest(id, prompt, params, "", 0, Phase.FULL, Optional.empty());
  }

  private static SamplingParams endless(int maxTokens) {
    return SamplingParams.builder().maxTokens(maxTokens).ignoreEos(true).build();
  }

  @Test
  void manyCallersAreServed() throws Exception {
    List<Recorder> recorders = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Recorder recorder = new Recorder();
      recorders.add(recorder);
      Thread.ofVirtual().start(() -> engine.submit(request("r", 20, endless(20)), recorder));
    }
    for (Recorder recorder : recorders) {
      assertEquals(20, recorder.await().tokens(0).size());
      assertEquals(recorders.getFirst().await().transcript(), recorder.transcript());
    }
    assertTrue(engine.drain(LONG));
    assertEquals(0, engine.kvUsage());
    assertEquals(0, engine.waiting());
  }

  @Test
  void drainFinishesWhatRunsAndTakesNoMore() throws Exception {
    Recorder recorder = new Recorder();
    engine.submit(request("r", 20, endless(300)), recorder);
    assertTrue(engine.drain(LONG));
    assertEquals(300, recorder.await().tokens(0).size());
    EngineUnavailableException e = assertThrows(EngineUnavailableException.class,
        () -> engine.submit(request("s", 20, endless(1)), new Recorder()));
    assertEquals(EngineUnavailableException.Reason.DRAINING, e.reason());
    assertTrue(engine.healthy());
  }

  @Test
  void drainGivesUpAfterItsTimeout() {
    Gate gate = new Gate();
    engine.submit(request("r", 20, endless(300)), gate);
    assertFalse(engine.drain(Duration.ofMillis(50)));
    gate.open.countDown();
    assertTrue(engine.drain(LONG));
  }

  @Test
  void closeFailsWhatIsUnfinished() throws Exception {
    Gate gate = new Gate();
    engine.submit(request("r", 20, endless(300)), gate);
    gate.reached.await();
    Thread closer = Thread.ofPlatform().start(engine::close);
    while (closer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait(); // until it waits for the engine thread
    }
    gate.open.countDown();
    closer.join();
    assertInstanceOf(EngineUnavailableException.class, gate.failure);
    assertEquals(0, arena.usage());
    assertThrows(EngineUnavailableException.class, () -> engine.submit(request("s", 20, endless(1)), new Recorder()));
  }

  @Test
  void cancelEndsARequest() throws Exception {
    Gate gate = new Gate();
    GenerationTicket ticket = engine.submit(request("r", 20, endless(300)), gate);
    gate.reached.await();
    ticket.cancel();
    gate.open.countDown();
    gate.ended.await();
    assertEquals(FinishReason.ABORT, gate.reason);
    assertTrue(engine.drain(LONG));
    assertEquals(0, engine.kvUsage());
  }

  @Test
  void aStepThatDoesNotEndIsSeen() throws Exception {
    Gate gate = new Gate();
    engine.submit(request("r", 20, endless(3)), gate);
    gate.reached.await();
    Duration before = engine.stepTime();
    Thread.sleep(2);
    assertTrue(engine.stepTime().compareTo(before) > 0 && before.isPositive());
    gate.open.countDown();
    gate.ended.await();
    assertTrue(engine.drain(LONG));
    while (!engine.stepTime().isZero()) {
      Thread.onSpinWait(); // an idle engine is between steps but for moments
    }
  }

  @Test
  void aLostDeviceMakesTheEngineUnhealthy() throws Exception {
    backend.failAt(3, BackendException.Reason.DEVICE_LOST);
    Recorder recorder = new Recorder();
    engine.submit(request("r", 20, endless(300)), recorder);
    assertInstanceOf(BackendException.class, recorder.await().failure);
    assertTrue(engine.drain(LONG));
    assertFalse(engine.healthy());
    EngineUnavailableException e = assertThrows(EngineUnavailableException.class,
        () -> engine.submit(request("s", 20, endless(1)), new Recorder()));
    assertEquals(EngineUnavailableException.Reason.UNHEALTHY, e.reason());
  }

  @Test
  void impossibleRequestsAreRefused() {
    refused("prompt", "invalid_value", request("r", 0, endless(1)));
    refused("prompt", "context_length_exceeded", request("r", EchoModel.CONTEXT + 1, endless(1)));
    refused("max_tokens", "context_length_exceeded", request("r", 20, endless(EchoModel.CONTEXT)));
    refused("prompt", "context_length_exceeded", request("r", 16 * 40 + 1, endless(1)));
    refused("logit_bias", "invalid_value",
        request("r", 20, SamplingParams.builder().logitBias(Map.of(80, 1f)).build()));
    GenerationRequest wrong = request("r", 20, endless(1));
    wrong.promptTokens()[3] = 80;
    refused("prompt", "invalid_value", wrong);
  }

  private void refused(String parameter, String code, GenerationRequest request) {
    InvalidParameterException e = assertThrows(InvalidParameterException.class,
        () -> engine.submit(request, new Recorder()));
    assertEquals(parameter, e.parameter());
    assertEquals(code, e.code());
  }

  @Test
  void theLongestThatFitsIsServed() throws Exception {
    Recorder recorder = new Recorder();
    engine.submit(request("r", 20, endless(16 * 40 - 19)), recorder);
    assertEquals(16 * 40 - 19, recorder.await().tokens(0).size());
  }

  @Test
  void anAnswerEndsWhereTheKvStoreDoes() throws Exception {
    Recorder recorder = new Recorder();
    engine.submit(request("r", 20, endless(16 * 40 + 100)), recorder);
    assertEquals(16 * 40 - 19, recorder.await().tokens(0).size());
    assertEquals(FinishReason.LENGTH, recorder.answer(0).reason);
  }

  /** Penalties that would make logits infinite once ended the whole engine. */
  @Test
  void absurdPenaltiesHarmNobody() throws Exception {
    Recorder broken = new Recorder();
    Recorder sound = new Recorder();
    engine.submit(request("b", 20, SamplingParams.builder().maxTokens(50).temperature(0.7f).topP(0.9f)
        .repetitionPenalty(1e-40f).ignoreEos(true).build()), broken);
    engine.submit(request("s", 20, endless(50)), sound);
    assertEquals(50, sound.await().tokens(0).size());
    assertEquals(50, broken.await().tokens(0).size());
    assertTrue(engine.healthy());
  }

  @Test
  void configurationIsChecked() {
    EngineConfig config = EngineConfig.defaults();
    assertThrows(IllegalArgumentException.class, () -> config.withMaxSequences(0));
    assertThrows(IllegalArgumentException.class, () -> config.withMaxSequences(513));
    assertThrows(IllegalArgumentException.class, () -> config.withChunkTokens(513));
    assertThrows(IllegalArgumentException.class, () -> config.withLeaseTimeout(Duration.ZERO));
    assertEquals(128, config.withTokenBudget(128).chunkTokens());
    assertEquals(1000, config.withLimits(2048, 1000).maxSequences(), "not checked against what it replaces");
    assertEquals(8, config.withLimits(8, 8).chunkTokens());
  }

  /** Holds the engine thread at the first token until it is opened. */
  private static final class Gate implements dev.ebb.engine.request.GenerationListener {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch open = new CountDownLatch(1);
    final CountDownLatch ended = new CountDownLatch(1);
    volatile FinishReason reason;
    volatile RuntimeException failure;

    @Override
    public void tokens(int choice, int[] tokens, String text,
        List<dev.ebb.engine.request.TokenLogprobs> logprobs) {
      reached.countDown();
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void choiceFinished(int choice, FinishReason finishReason, Optional<Object> stopReason) {
      reason = finishReason;
    }

    @Override
    public void completed(Completion completion) {
      ended.countDown();
    }

    @Override
    public void failed(RuntimeException cause) {
      failure = cause;
      ended.countDown();
    }
  }
}

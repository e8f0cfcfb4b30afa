package dev.ebb.engine;

import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.GenerationListener;
import dev.ebb.engine.request.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A listener that keeps what it is told and complains when the order of calls breaks the contract. */
final class Recorder implements GenerationListener {

  /** One answer as it came. */
  static final class Heard {
    final List<Integer> tokens = new ArrayList<>();
    final StringBuilder text = new StringBuilder();
    final List<TokenLogprobs> logprobs = new ArrayList<>();
    FinishReason reason;
    Optional<Object> stopReason = Optional.empty();

    @Override
    public String toString() {
      return tokens + " " + text + " " + reason + " " + stopReason;
    }
  }

  final Map<Integer, Heard> answers = new TreeMap<>();
  List<TokenLogprobs> promptLogprobs;
  volatile Completion completion;
  volatile RuntimeException failure;
  private final CountDownLatch ended = new CountDownLatch(1);

  @Override
  public void promptLogprobs(List<TokenLogprobs> positions) {
    requireOpen();
    promptLogprobs = List.copyOf(positions.subList(1, positions.size()));
  }

  @Override
  public void tokens(int choice, int[] tokens, String text, List<TokenLogprobs> logprobs) {
    requireOpen();
    Heard answer = answer(choice);
    if (answer.reason != null) {
      throw new AssertionError("tokens after the end of answer " + choice);
    }
    for (int token : tokens) {
      answer.tokens.add(token);
    }
    answer.text.append(text);
    answer.logprobs.addAll(logprobs);
  }

  @Override
  public void choiceFinished(int choice, FinishReason reason, Optional<Object> stopReason) {
    requireOpen();
    if (answer(choice).reason != null) {
      throw new AssertionError("answer " + choice + " ended twice");
    }
    answer(choice).reason = reason;
    answer(choice).stopReason = stopReason;
  }

  @Override
  public void completed(Completion value) {
    requireOpen();
    completion = value;
    ended.countDown();
  }

  @Override
  public void failed(RuntimeException cause) {
    requireOpen();
    failure = cause;
    ended.countDown();
  }

  private void requireOpen() {
    if (done()) {
      throw new AssertionError("a call after the end");
    }
  }

  Heard answer(int choice) {
    return answers.computeIfAbsent(choice, c -> new Heard());
  }

  List<Integer> tokens(int choice) {
    return answer(choice).tokens;
  }

  String text(int choice) {
    return answer(choice).text.toString();
  }

  boolean done() {
    return completion != null || failure != null;
  }

  Recorder await() throws InterruptedException {
    if (!ended.await(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the request did not end");
    }
    return this;
  }

  /** Everything of all answers that must not depend on how they were computed. */
  String transcript() {
    return answers.toString();
  }
}

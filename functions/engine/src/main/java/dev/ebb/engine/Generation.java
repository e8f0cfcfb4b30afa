package dev.ebb.engine;

import dev.ebb.engine.EngineObserver.RequestStats;
import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.GenerationListener;
import dev.ebb.engine.request.GenerationListener.Completion;
import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.request.TokenLogprobs;
import dev.ebb.engine.sampling.AnswerText;
import dev.ebb.engine.sequence.HashChain;
import dev.ebb.engine.sequence.Sequence;
import dev.ebb.engine.sequence.TokenList;
import dev.ebb.engine.tokenizer.Tokenizer;
import dev.ebb.engine.transfer.HandOff;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A request inside the engine: its answers, its listener and what its statistics need. */
final class Generation {
  private final GenerationRequest request;
  private final GuardedListener listener;
  private final Tokenizer tokenizer;
  private final List<Answer> answers = new ArrayList<>();
  private final List<TokenLogprobs> promptLogprobs = new ArrayList<>();
  private final long arrivedNanos;
  private long admittedNanos;
  private long firstTokenNanos;
  private long lastTokenNanos;
  private boolean looked;
  private int cachedTokens;
  private int externalTokens;
  private int generatedTokens;
  private boolean ended;

  Generation(GenerationRequest request, GenerationListener listener, Tokenizer tokenizer, String modelFingerprint,
      long arrival, long nowNanos) {
    this.request = request;
    this.listener = new GuardedListener(request.id(), listener);
    this.tokenizer = tokenizer;
    this.arrivedNanos = nowNanos;
    HashChain hashes = new HashChain(modelFingerprint, request.cacheSalt());
    Sequence first = new Sequence(new TokenList(request.promptTokens()), hashes, request.priority(), arrival, 0,
        request.sampling().promptLogprobs() >= 0);
    first.hashes(); // here, on the caller's thread, rather than on the engine's
    answers.add(new Answer(this, first, new AnswerText(sampling(), tokenizer)));
  }

  /** Makes the other answers, which start from the first one's prompt, where they are still to come. */
  List<Answer> addOtherAnswers() {
    int had = answers.size();
    for (int choice = had; choice < sampling().n(); choice++) {
      answers.add(new Answer(this, first().sequence().fork(choice), new AnswerText(sampling(), tokenizer)));
    }
    return answers.subList(had, answers.size());
  }

  GenerationRequest request() {
    return request;
  }

  SamplingParams sampling() {
    return request.sampling();
  }

  GuardedListener listener() {
    return listener;
  }

  Answer first() {
    return answers.getFirst();
  }

  List<Answer> answers() {
    return answers;
  }

  List<TokenLogprobs> promptLogprobs() {
    return promptLogprobs;
  }

  /** Whether the caller has been told the end. */
  boolean ended() {
    return ended;
  }

  /** Whether every answer has ended. */
  boolean finished() {
    return answers.size() == sampling().n() && answers.stream().allMatch(Answer::finished);
  }

  /** Notes its first seat; whether this is the first. */
  boolean admitted(long nowNanos) {
    boolean first = admittedNanos == 0;
    admittedNanos = first ? nowNanos : admittedNanos;
    return first;
  }

  /** Notes what was found of its prompt, the first time, which a hand-off has before a seat; whether this is that. */
  boolean found(int local, int external) {
    boolean first = !looked;
    if (first) {
      looked = true;
      cachedTokens = local + external;
      externalTokens = external;
    }
    return first;
  }

  /** Counts an emitted token. */
  void tokenAt(long nowNanos) {
    generatedTokens++;
    lastTokenNanos = nowNanos;
  }

  /** Seconds since arrival when no token came before, else empty. */
  Optional<Double> firstTokenAt(long nowNanos) {
    if (firstTokenNanos != 0) {
      return Optional.empty();
    }
    firstTokenNanos = nowNanos;
    return Optional.of(seconds(arrivedNanos, nowNanos));
  }

  /** Tells the listener the end, once. */
  void complete(Optional<HandOff> handOff) {
    ended = true;
    listener.completed(new Completion(request.promptTokens().length, cachedTokens, generatedTokens, handOff));
  }

  /** Tells the listener that it failed, unless it has been told an end. */
  void fail(RuntimeException cause) {
    if (!ended) {
      ended = true;
      listener.failed(cause);
    }
  }

  RequestStats stats(FinishReason reason, long nowNanos) {
    int prompt = request.promptTokens().length;
    int preemptions = answers.stream().mapToInt(answer -> answer.sequence().preemptions()).sum();
    int longest = answers.stream().mapToInt(Answer::generated).max().orElse(0);
    return new RequestStats(reason, prompt, cachedTokens, externalTokens, prompt - cachedTokens, generatedTokens,
        longest, sampling().maxTokens(), sampling().n(), preemptions, seconds(arrivedNanos, nowNanos),
        seconds(arrivedNanos, admittedNanos != 0 ? admittedNanos : nowNanos), seconds(admittedNanos, firstTokenNanos),
        seconds(firstTokenNanos, lastTokenNanos));
  }

  /** 0 where the later moment never came, or came first, as the token that a hand-off brings. */
  private static double seconds(long from, long to) {
    return from == 0 || to == 0 ? 0 : Math.max(0, to - from) / 1e9;
  }
}

package dev.ebb.engine;

import dev.ebb.engine.request.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a step's tokens mean for the blocks; acted on under one lock when all rows have been read. */
final class StepOutcome {

  /** A computed prompt to hand over together with its first token. */
  record Handing(Answer answer, int firstToken, Optional<TokenLogprobs> firstLogprobs) {}

  private final List<Answer> finished = new ArrayList<>();
  private final List<Answer> forked = new ArrayList<>();
  private final List<Handing> handings = new ArrayList<>();

  /** Answers that ended; their blocks are to be released. */
  List<Answer> finished() {
    return finished;
  }

  /** Answers that begin with the prompt of their generation's first answer. */
  List<Answer> forked() {
    return forked;
  }

  List<Handing> handings() {
    return handings;
  }
}

package dev.ebb.router.app.call;

import dev.ebb.engine.request.SamplingParams;
import dev.ebb.router.app.model.PreparedPrompt;
import dev.ebb.router.app.openai.GenerateBody;
import dev.ebb.router.request.Refusal;
import java.util.List;

/** What the log-probabilities of an answer take of memory: they may be a thousand times what asked for them. */
final class AnswerSize {
  /** Of one, in the answer's tree and text, as measured. */
  private static final int LOGPROB_BYTES = 300;
  /** Of one as it comes from a function, which a stream keeps until all answers to its prompt have begun. */
  private static final int KEPT_BYTES = 16;

  private AnswerSize() {}

  /**
   * Bytes of all log-probabilities that were asked for; of a stream those of its prompts, which come at once, one
   * prompt's as a tree at a time. Of an answer without a length of its own, which may end at any token, nothing is
   * known.
   *
   * @param most above which an answer is refused
   */
  static long of(GenerateBody body, List<PreparedPrompt> prompts, long most) {
    long bytes = body.output().stream() ? streamed(prompts)
        : LOGPROB_BYTES * prompts.stream().mapToLong(prompt -> whole(body, prompt)).sum();
    if (bytes > most) {
      throw Refusal.invalid("logprobs", "too_many_logprobs", "The answer's log-probabilities would take " + bytes
          + " bytes, of at most " + most + " here; ask for fewer (logprobs, n, prompts)"
          + (body.output().stream() ? "." : ", or for a stream."));
    }
    return bytes;
  }

  private static long streamed(List<PreparedPrompt> prompts) {
    long largest = prompts.stream().mapToLong(AnswerSize::ofPrompt).max().orElse(0);
    return LOGPROB_BYTES * largest + KEPT_BYTES * prompts.stream().mapToLong(AnswerSize::ofPrompt).sum();
  }

  private static long whole(GenerateBody body, PreparedPrompt prompt) {
    SamplingParams asked = prompt.sampling();
    int atLeast = asked.ignoreEos() ? asked.maxTokens() : asked.minTokens();
    long ofAnswer = (long) Math.max(atLeast, body.maxTokens().orElse(0)) * (1 + asked.logprobs());
    return asked.n() * (ofPrompt(prompt) + ofAnswer);
  }

  private static long ofPrompt(PreparedPrompt prompt) {
    return (long) prompt.tokens().length * (1 + prompt.sampling().promptLogprobs());
  }
}

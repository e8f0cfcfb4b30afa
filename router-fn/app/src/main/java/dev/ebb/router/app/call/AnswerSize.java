package dev.ebb.router.app.call;

import dev.ebb.engine.request.SamplingParams;
import dev.ebb.router.app.model.PreparedPrompt;
import dev.ebb.router.app.openai.GenerateBody;
import dev.ebb.router.request.Refusal;
import java.util.List;

/** What the log-probabilities of a whole answer take of memory: they may be a thousand times what asked for them. */
final class AnswerSize {
  /** Of one, in the answer's tree and text, as measured. */
  private static final int LOGPROB_BYTES = 300;

  private AnswerSize() {}

  /**
   * Bytes of all log-probabilities that were asked for; 0 of a stream, which is sent as it comes. Of an answer without
   * a length of its own nothing is known.
   *
   * @param most above which an answer is refused
   */
  static long of(GenerateBody body, List<PreparedPrompt> prompts, long most) {
    if (body.output().stream()) {
      return 0;
    }
    long bytes = LOGPROB_BYTES * prompts.stream().mapToLong(prompt -> logprobs(body, prompt)).sum();
    if (bytes > most) {
      throw Refusal.invalid("logprobs", "too_many_logprobs", "The answer would have " + bytes / LOGPROB_BYTES
          + " log-probabilities, of at most " + most / LOGPROB_BYTES + " here; ask for fewer (logprobs, n, prompts), or"
          + " for a stream.");
    }
    return bytes;
  }

  private static long logprobs(GenerateBody body, PreparedPrompt prompt) {
    SamplingParams asked = prompt.sampling();
    long ofPrompt = (long) prompt.tokens().length * (1 + asked.promptLogprobs());
    long ofAnswer = (long) body.maxTokens().orElse(0) * (1 + asked.logprobs());
    return asked.n() * (ofPrompt + ofAnswer);
  }
}

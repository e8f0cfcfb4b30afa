package dev.ebb.router.app.call;

import dev.ebb.engine.request.TokenLogprobs;
import dev.ebb.events.DecodeChunk;
import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.Usage;
import dev.ebb.router.app.reply.Usages;
import dev.ebb.router.retry.RelayedAnswer;
import dev.ebb.router.retry.RelayedAnswer.Fresh;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Passes on the pieces of one prompt's stream, each token and character once whatever the number of attempts. */
final class StreamRelay {
  private final Consumer<DecodeChunk> out;
  private final List<RelayedAnswer> answers = new ArrayList<>();
  private final TokenLog tokens = new TokenLog();
  private boolean promptLogprobsSent;
  private Usage usage = Usages.NONE;

  StreamRelay(int choices, Consumer<DecodeChunk> out) {
    this.out = out;
    for (int i = 0; i < choices; i++) {
      answers.add(new RelayedAnswer());
    }
  }

  /** Another attempt begins. */
  void restart() {
    answers.forEach(RelayedAnswer::restart);
  }

  /** Takes a piece of the running attempt. */
  void piece(DecodeChunk piece) {
    if (piece.usage() != null) {
      usage = piece.usage();
    }
    RelayedAnswer answer = answers.get(piece.choice());
    int[] ids = piece.tokenIds() == null ? new int[0] : piece.tokenIds();
    Fresh fresh = answer.accept(ids.length, piece.text() == null ? "" : piece.text());
    int[] newIds = Arrays.copyOfRange(ids, fresh.firstToken(), ids.length);
    List<TokenLogprobs> promptLogprobs = promptLogprobsSent ? null : piece.promptLogprobs();
    String finish = piece.finishReason() != null && answer.finish() ? piece.finishReason() : null;
    if (newIds.length == 0 && fresh.text().isEmpty() && promptLogprobs == null && finish == null) {
      return;
    }
    promptLogprobsSent |= promptLogprobs != null;
    tokens.add(piece.choice(), newIds);
    out.accept(new DecodeChunk(piece.choice(), newIds, fresh.text(), after(piece.logprobs(), fresh.firstToken()),
        promptLogprobs, finish, finish == null ? null : piece.stopReason(), null, null));
  }

  /** Takes an answer that came whole. */
  void whole(DecodeCompleted answer) {
    answer.choices().forEach(choice -> piece(Generation.piece(answer, choice)));
    usage = answer.usage();
  }

  /** Tokens that the caller has, of all answers. */
  int relayed() {
    return answers.stream().mapToInt(RelayedAnswer::tokens).sum();
  }

  /** Counts of the attempt that finished. */
  Usage usage() {
    return usage;
  }

  /** Tokens of the first answer. */
  int[] tokens() {
    return tokens.first();
  }

  private static List<TokenLogprobs> after(List<TokenLogprobs> logprobs, int first) {
    return logprobs == null ? null : logprobs.subList(Math.min(first, logprobs.size()), logprobs.size());
  }
}

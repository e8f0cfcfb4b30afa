package dev.ebb.router.app.call;

import dev.ebb.router.app.reply.ReplyHead;
import dev.ebb.router.place.Placement;
import java.util.List;

/**
 * A checked, tokenized and placed request, without the text that it was made of. It has raised no demand yet.
 *
 * @param placements one per prompt
 * @param cacheSalt keeps prefixes apart; empty for none
 * @param priority lower is earlier
 * @param answerBytes what the answer's log-probabilities will take of memory
 */
public record PreparedRequest(ReplyHead head, List<Placement> placements, String cacheSalt, int priority,
    long answerBytes) {}

package dev.ebb.router.app.call;

import dev.ebb.router.app.openai.GenerateBody;
import dev.ebb.router.app.reply.ReplyHead;
import dev.ebb.router.place.Placement;
import java.util.List;

/**
 * A checked, tokenized and placed request. It has raised no demand yet.
 *
 * @param placements one per prompt
 */
public record PreparedRequest(GenerateBody body, ReplyHead head, List<Placement> placements) {}

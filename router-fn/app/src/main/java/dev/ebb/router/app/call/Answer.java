package dev.ebb.router.app.call;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.Usage;
import dev.ebb.events.Work;
import dev.ebb.router.app.model.PreparedPrompt;
import dev.ebb.router.app.reply.ReplyHead;
import dev.ebb.router.app.reply.StreamedReply;
import dev.ebb.router.app.reply.Usages;
import dev.ebb.router.app.reply.WholeReply;
import dev.ebb.router.place.Placement;
import dev.ebb.router.quota.QuotaWait;
import dev.ebb.router.request.Refusal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A request under way: a generation for each of its prompts, all at once. Confined to its Vert.x context. */
public final class Answer {
  private final PreparedRequest request;
  private final ReplyHead head;
  private final Prefixes prefixes;
  private final List<Generation> generations = new ArrayList<>();

  Answer(GenerationPort port, Prefixes prefixes, PreparedRequest request, Context context) {
    this.request = request;
    this.prefixes = prefixes;
    head = request.head();
    for (int i = 0; i < head.prompts().size(); i++) {
      Placement placed = request.placements().get(i);
      Placement placement = port.platform().decodeAlone() ? placed.alone() : placed;
      port.metrics().placed(head.model().id(), placement.label(), placement.reason().label());
      generations.add(new Generation(port, context, work(i), placement));
    }
  }

  /** The body of the whole answer. */
  public Future<ObjectNode> whole() {
    List<Future<DecodeCompleted>> answers = new ArrayList<>();
    for (int i = 0; i < generations.size(); i++) {
      int prompt = i;
      answers.add(generations.get(i).whole().onSuccess(answer ->
          remember(prompt, answer.choices().isEmpty() ? new int[0] : answer.choices().getFirst().tokenIds())));
    }
    return Future.all(answers)
        .onFailure(cause -> cancel(stopped()))
        .map(all -> new WholeReply(head).node(all.list()));
  }

  /** The events of a streamed answer; completes with the counts when all prompts are answered. */
  public Future<Usage> stream(Consumer<ObjectNode> events) {
    StreamedReply reply = new StreamedReply(head);
    List<Future<Usage>> ends = new ArrayList<>();
    for (int i = 0; i < generations.size(); i++) {
      int prompt = i;
      StreamRelay relay = new StreamRelay(head.answers(), piece -> reply.events(prompt, piece).forEach(events));
      ends.add(generations.get(i).stream(relay).onSuccess(usage -> remember(prompt, relay.tokens())));
    }
    return Future.all(ends)
        .onFailure(cause -> cancel(stopped()))
        .map(all -> all.<Usage>list().stream().reduce(Usages.NONE, Usages::plus))
        .onSuccess(usage -> {
          if (head.output().includeUsage()) {
            events.accept(reply.usage(usage));
          }
        });
  }

  /** Gives all of it up. */
  public void cancel(Refusal why) {
    generations.forEach(generation -> generation.cancel(why));
  }

  /** Stops reading from the functions until {@link #resume}. */
  public void pause() {
    generations.forEach(Generation::pause);
  }

  public void resume() {
    generations.forEach(Generation::resume);
  }

  /** The quota that it waits for just now, if any. */
  public Optional<QuotaWait> waiting() {
    return generations.stream().flatMap(generation -> generation.waiting().stream()).findFirst();
  }

  /** What happened so far, one per prompt. */
  public List<Trail> trails() {
    return generations.stream().map(Generation::trail).toList();
  }

  private void remember(int prompt, int[] answer) {
    prefixes.remember(head.model(), head.prompts().get(prompt).tokens(), answer, request.cacheSalt());
  }

  private Work work(int prompt) {
    PreparedPrompt prepared = head.prompts().get(prompt);
    String id = head.prompts().size() == 1 ? head.id() : head.id() + "-" + prompt;
    return new Work(id, head.model().id(), prepared.tokens(), prepared.sampling(), request.cacheSalt(),
        request.priority(), null);
  }

  private static Refusal stopped() {
    return Refusal.of(Refusal.Kind.INTERNAL, null, "another_prompt_failed", "Another prompt of this request failed.");
  }
}

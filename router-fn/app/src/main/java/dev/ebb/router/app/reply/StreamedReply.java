package dev.ebb.router.app.reply;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.engine.request.TokenLogprobs;
import dev.ebb.events.DecodeChunk;
import dev.ebb.events.Usage;
import dev.ebb.router.app.openai.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Turns the pieces that decode sends into the events of an OpenAI stream. Confined to the request's thread. */
public final class StreamedReply {
  private final ReplyHead head;
  private final Choice[] choices;
  private final List<List<TokenLogprobs>> promptLogprobs;

  /** What was sent of one choice. */
  private static final class Choice {
    boolean begun;
    int tokens;
    int offset;
  }

  public StreamedReply(ReplyHead head) {
    this.head = head;
    choices = new Choice[head.prompts().size() * head.answers()];
    promptLogprobs = new ArrayList<>();
    for (int i = 0; i < choices.length; i++) {
      choices[i] = new Choice();
    }
    head.prompts().forEach(prompt -> promptLogprobs.add(List.of()));
  }

  /**
   * The events of one piece, none when there is nothing to say yet.
   *
   * @param prompt index of the prompt that the piece answers
   * @param piece new to the caller
   */
  public List<ObjectNode> events(int prompt, DecodeChunk piece) {
    if (piece.promptLogprobs() != null) {
      promptLogprobs.set(prompt, piece.promptLogprobs());
    }
    int index = head.choice(prompt, piece.choice());
    Choice choice = choices[index];
    List<ObjectNode> events = new ArrayList<>(3);
    if (!choice.begun) {
      choice.begun = true;
      begin(prompt, index, events);
      if (allBegun(prompt)) {
        promptLogprobs.set(prompt, List.of());
      }
    }
    choice.tokens += piece.tokenIds() == null ? 0 : piece.tokenIds().length;
    if (speaks(piece)) {
      events.add(event(index, delta(index, piece)));
    }
    if (piece.finishReason() != null) {
      ObjectNode last = empty(index);
      ReplyHead.finish(last, piece.finishReason(), piece.stopReason());
      events.add(event(index, last));
    }
    return events;
  }

  /** The last event when usage was asked for. */
  public ObjectNode usage(Usage usage) {
    ObjectNode node = head.node(head.api().chunkObject());
    node.putArray("choices");
    node.set("usage", ReplyHead.usage(usage));
    return node;
  }

  /** Chat opens every choice with its role; a completion opens it with the prompt when that is echoed. */
  private void begin(int prompt, int index, List<ObjectNode> events) {
    if (head.api() == Api.CHAT) {
      ObjectNode first = JsonNodeFactory.instance.objectNode().put("index", index);
      first.putObject("delta").put("role", "assistant").put("content", "").putNull("refusal");
      first.putNull("logprobs");
      first.putNull("finish_reason");
      events.add(event(index, first));
    } else if (head.output().echo()) {
      String echo = head.prompts().get(prompt).echo();
      ObjectNode first = text(index, echo);
      List<TokenLogprobs> tokens = promptLogprobs.get(prompt);
      if (head.output().logprobs() >= 0 && !tokens.isEmpty()) {
        CompletionLogprobs shape = new CompletionLogprobs(head.texts(), head.output().logprobs());
        first.set("logprobs", shape.node(tokens, head.prompts().get(prompt).tokens()[0], 0));
      }
      choices[index].offset = CompletionLogprobs.characters(echo);
      events.add(event(index, first));
    }
  }

  private boolean allBegun(int prompt) {
    return IntStream.range(0, head.answers()).allMatch(answer -> choices[head.choice(prompt, answer)].begun);
  }

  private boolean speaks(DecodeChunk piece) {
    boolean text = piece.text() != null && !piece.text().isEmpty();
    boolean logprobs = head.output().logprobs() >= 0 && piece.logprobs() != null && !piece.logprobs().isEmpty();
    boolean ids = head.output().tokenIds() && piece.tokenIds() != null && piece.tokenIds().length > 0;
    return text || logprobs || ids;
  }

  private ObjectNode delta(int index, DecodeChunk piece) {
    String text = piece.text() == null ? "" : piece.text();
    boolean logprobs = head.output().logprobs() >= 0 && piece.logprobs() != null;
    ObjectNode node;
    if (head.api() == Api.CHAT) {
      node = empty(index);
      ((ObjectNode) node.get("delta")).put("content", text);
      if (logprobs) {
        node.set("logprobs", new ChatLogprobs(head.texts(), head.output().logprobs()).node(piece.logprobs()));
      }
    } else {
      node = text(index, text);
      if (logprobs) {
        CompletionLogprobs shape = new CompletionLogprobs(head.texts(), head.output().logprobs());
        node.set("logprobs", shape.node(piece.logprobs(), -1, choices[index].offset));
        choices[index].offset += shape.length(piece.logprobs());
      }
    }
    if (head.output().tokenIds()) {
      node.set("token_ids", ReplyHead.ids(piece.tokenIds() == null ? new int[0] : piece.tokenIds()));
    }
    return node;
  }

  private ObjectNode empty(int index) {
    if (head.api() == Api.COMPLETION) {
      return text(index, "");
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("index", index);
    node.putObject("delta");
    node.putNull("logprobs");
    node.putNull("finish_reason");
    return node;
  }

  private static ObjectNode text(int index, String text) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("index", index).put("text", text);
    node.putNull("logprobs");
    ReplyHead.finish(node, null, null);
    return node;
  }

  private ObjectNode event(int index, ObjectNode choice) {
    ObjectNode node = head.node(head.api().chunkObject());
    node.putArray("choices").add(choice);
    if (head.output().continuousUsage()) {
      int prompt = index / head.answers();
      node.set("usage", ReplyHead.usage(new Usage(head.prompts().get(prompt).tokens().length,
          choices[index].tokens, 0)));
    } else if (head.output().includeUsage()) {
      node.putNull("usage");
    }
    return node;
  }
}

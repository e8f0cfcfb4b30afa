package dev.ebb.router.app.reply;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.engine.request.TokenLogprobs;
import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.Usage;
import dev.ebb.router.app.openai.Api;
import java.util.ArrayList;
import java.util.List;

/** The body of an answer that is not streamed. */
public final class WholeReply {
  private final ReplyHead head;

  public WholeReply(ReplyHead head) {
    this.head = head;
  }

  /**
   * @param answers one per prompt, in the order of the prompts
   */
  public ObjectNode node(List<DecodeCompleted> answers) {
    ObjectNode node = head.node(head.api().object());
    ArrayNode choices = node.putArray("choices");
    Usage usage = Usages.NONE;
    for (int prompt = 0; prompt < answers.size(); prompt++) {
      DecodeCompleted answer = answers.get(prompt);
      for (DecodeCompleted.Choice choice : answer.choices()) {
        choices.add(head.api() == Api.CHAT ? chat(choice) : completion(prompt, answer, choice));
      }
      usage = Usages.plus(usage, answer.usage());
    }
    node.set("usage", ReplyHead.usage(usage));
    if (head.api() == Api.CHAT) {
      promptFields(node, 0, answers.getFirst());
    }
    return node;
  }

  private ObjectNode chat(DecodeCompleted.Choice choice) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("index", choice.index());
    node.putObject("message").put("role", "assistant").put("content", choice.text()).putNull("refusal");
    if (head.output().logprobs() >= 0 && choice.logprobs() != null) {
      node.set("logprobs", new ChatLogprobs(head.texts(), head.output().logprobs()).node(choice.logprobs()));
    } else {
      node.putNull("logprobs");
    }
    ReplyHead.finish(node, choice.finishReason(), choice.stopReason());
    tokenIds(node, choice);
    return node;
  }

  private ObjectNode completion(int prompt, DecodeCompleted answer, DecodeCompleted.Choice choice) {
    String echo = head.prompts().get(prompt).echo();
    ObjectNode node = JsonNodeFactory.instance.objectNode()
        .put("index", head.choice(prompt, choice.index()))
        .put("text", echo + choice.text());
    if (head.output().logprobs() >= 0) {
      List<TokenLogprobs> tokens = new ArrayList<>();
      if (head.output().echo() && answer.promptLogprobs() != null) {
        tokens.addAll(answer.promptLogprobs());
      }
      if (choice.logprobs() != null) {
        tokens.addAll(choice.logprobs());
      }
      int first = head.prompts().get(prompt).tokens()[0];
      node.set("logprobs", new CompletionLogprobs(head.texts(), head.output().logprobs()).node(tokens, first, 0));
    } else {
      node.putNull("logprobs");
    }
    ReplyHead.finish(node, choice.finishReason(), choice.stopReason());
    tokenIds(node, choice);
    promptFields(node, prompt, answer);
    return node;
  }

  private void tokenIds(ObjectNode node, DecodeCompleted.Choice choice) {
    if (head.output().tokenIds()) {
      node.set("token_ids", ReplyHead.ids(choice.tokenIds()));
    }
  }

  /** What is said once per prompt: chat says it beside the choices, completions in each choice, as vLLM does. */
  private void promptFields(ObjectNode node, int prompt, DecodeCompleted answer) {
    if (head.output().promptLogprobs() >= 0 && answer.promptLogprobs() != null) {
      node.set("prompt_logprobs",
          new PromptLogprobs(head.texts(), head.output().promptLogprobs()).node(answer.promptLogprobs()));
    }
    if (head.output().tokenIds()) {
      node.set("prompt_token_ids", ReplyHead.ids(head.prompts().get(prompt).tokens()));
    }
  }
}

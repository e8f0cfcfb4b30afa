package dev.ebb.router.app.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.router.app.model.ModelCatalog;
import dev.ebb.router.app.model.PreparedPrompt;
import dev.ebb.router.app.model.PromptEncoder;
import dev.ebb.router.app.model.ServedModel;
import dev.ebb.router.app.openai.Api;
import dev.ebb.router.app.openai.BodyReader;
import dev.ebb.router.app.openai.GenerateBody;
import dev.ebb.router.app.openai.Sampling;
import dev.ebb.router.app.reply.ReplyHead;
import dev.ebb.router.place.Placement;
import dev.ebb.router.request.Prompt;
import dev.ebb.router.request.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * From a body to a placed request: parse, check, render, tokenize, place. It wakes nothing, so that a request that is
 * refused costs no function. Blocks: not for an event loop.
 */
@ApplicationScoped
public class Preparation {
  private static final int COMPLETION_TOKENS = 16;
  private static final long ANSWER_BYTES_MAX = Runtime.getRuntime().maxMemory() / 2;

  private final BodyReader reader;
  private final ModelCatalog catalog;
  private final PromptEncoder encoder;
  private final Prefixes prefixes;

  Preparation(BodyReader reader, ModelCatalog catalog, PromptEncoder encoder, Prefixes prefixes) {
    this.reader = reader;
    this.catalog = catalog;
    this.encoder = encoder;
    this.prefixes = prefixes;
  }

  /**
   * @throws Refusal naming what is wrong with the body
   */
  public PreparedRequest prepare(Api api, byte[] body) {
    return prepare(reader.read(api, body), OptionalLong.empty());
  }

  /**
   * The data of an event.
   *
   * @param seed for data that has none
   * @throws Refusal naming what is wrong with it
   */
  public PreparedRequest prepare(JsonNode data, long seed) {
    return prepare(reader.read(data), OptionalLong.of(seed));
  }

  private PreparedRequest prepare(GenerateBody body, OptionalLong seed) {
    ServedModel model = catalog.get(body.model());
    List<PreparedPrompt> prompts = new ArrayList<>(body.prompts().size());
    List<Placement> placements = new ArrayList<>(body.prompts().size());
    for (Prompt prompt : body.prompts()) {
      PreparedPrompt prepared = prompt(model, body, prompt, prompts.size(), seed);
      prompts.add(prepared);
      placements.add(prefixes.place(model, prepared, body.cacheSalt()));
    }
    String id = body.api().idPrefix() + UUID.randomUUID().toString().replace("-", "");
    ReplyHead head = new ReplyHead(id, System.currentTimeMillis() / 1000, body.api(), model, body.output(), prompts,
        prompts.getFirst().sampling().n());
    return new PreparedRequest(head, placements, body.cacheSalt(), body.priority(),
        AnswerSize.of(body, prompts, ANSWER_BYTES_MAX));
  }

  private PreparedPrompt prompt(ServedModel model, GenerateBody body, Prompt prompt, int index,
      OptionalLong seed) {
    int[] tokens = body.truncatePromptTokens().isPresent()
        ? encoder.encode(model, prompt, body.addSpecialTokens())
        : encoder.encodeFitting(model, prompt, body.addSpecialTokens(), parameter(body));
    if (body.truncatePromptTokens().isPresent() && tokens.length > body.truncatePromptTokens().get()) {
      tokens = Arrays.copyOfRange(tokens, tokens.length - body.truncatePromptTokens().get(), tokens.length);
    }
    if (tokens.length == 0) {
      throw Refusal.invalid(parameter(body), "empty_prompt", "The prompt is empty; the model needs a token.");
    }
    int maxTokens = maxTokens(model, body, tokens.length);
    SamplingParams asked = Sampling.build(body.sampling(), maxTokens);
    // Equal prompts of one request get answers of their own, unless the caller fixed the randomness.
    SamplingParams sampling = body.seeded() ? asked : asked.withSeed(seed.orElse(asked.seed()) + index);
    return new PreparedPrompt(tokens, sampling, body.output().echo() ? encoder.text(model, prompt) : "");
  }

  /** What was asked for if it fits; else the default, cut to what the context has left. */
  private static int maxTokens(ServedModel model, GenerateBody body, int promptTokens) {
    int left = model.maxModelLen() - promptTokens;
    int asked = body.maxTokens().orElse(0);
    int least = body.maxTokens().isPresent() ? asked : 1;
    if (left < least) {
      throw Refusal.invalid(parameter(body), "context_length_exceeded",
          "This model's maximum context length is " + model.maxModelLen() + " tokens. However, you requested "
              + ((long) promptTokens + asked) + " tokens (" + promptTokens + " in the " + parameter(body) + ", " + asked
              + " in the completion). Please reduce the length of the " + parameter(body) + " or completion.");
    }
    if (body.maxTokens().isPresent()) {
      return asked;
    }
    return body.api() == Api.CHAT ? left : Math.min(COMPLETION_TOKENS, left);
  }

  private static String parameter(GenerateBody body) {
    return body.api() == Api.CHAT ? "messages" : "prompt";
  }
}

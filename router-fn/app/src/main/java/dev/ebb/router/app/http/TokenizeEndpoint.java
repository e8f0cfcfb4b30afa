package dev.ebb.router.app.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.router.app.model.ModelCatalog;
import dev.ebb.router.app.model.PromptEncoder;
import dev.ebb.router.app.openai.ReadingRoom;
import dev.ebb.router.app.openai.TokenizeBody;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.stream.IntStream;

/** {@code /tokenize} and {@code /detokenize}, as vLLM has them. */
@ApplicationScoped
public class TokenizeEndpoint {
  private final ModelCatalog catalog;
  private final PromptEncoder encoder;
  private final ReadingRoom room;

  TokenizeEndpoint(ModelCatalog catalog, PromptEncoder encoder, ReadingRoom room) {
    this.catalog = catalog;
    this.encoder = encoder;
    this.room = room;
  }

  void tokenize(RoutingContext context) {
    byte[] body = GenerateEndpoint.bytes(context);
    Blocking.answer(context, () -> tokens(room.read(body, () -> TokenizeBody.read(body, catalog))));
  }

  void detokenize(RoutingContext context) {
    byte[] body = GenerateEndpoint.bytes(context);
    Blocking.answer(context, () -> {
      TokenizeBody.Detokenize asked = room.read(body, () -> TokenizeBody.readDetokenize(body, catalog));
      return JsonNodeFactory.instance.objectNode()
          .put("prompt", asked.model().tokenizer().decode(asked.tokens(), true));
    });
  }

  private ObjectNode tokens(TokenizeBody asked) {
    int[] tokens = encoder.encode(asked.model(), asked.prompt(), asked.addSpecialTokens());
    // Arrays as they are: a node for each token would take ten times as much.
    ObjectNode node = JsonNodeFactory.instance.objectNode()
        .put("count", tokens.length)
        .put("max_model_len", asked.model().maxModelLen())
        .putPOJO("tokens", tokens);
    return asked.tokenTexts()
        ? node.putPOJO("token_strs", IntStream.of(tokens).mapToObj(asked.model().tokenizer()::piece).toArray())
        : node.putNull("token_strs");
  }
}

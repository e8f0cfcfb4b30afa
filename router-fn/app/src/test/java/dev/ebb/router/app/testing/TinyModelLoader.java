package dev.ebb.router.app.testing;

import dev.ebb.engine.tokenizer.Tokenizer;
import dev.ebb.engine.tokenizer.TokenizerSpec;
import dev.ebb.engine.tokenizer.TokenizerSpec.Kind;
import dev.ebb.engine.tokenizer.Tokenizers;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.model.ModelLoader;
import dev.ebb.router.app.model.SamplingDefaults;
import dev.ebb.router.app.model.ServedModel;
import io.quarkus.test.Mock;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model of 259 tokens: one a byte, and three special ones. Its template is ChatML. */
@Mock
@ApplicationScoped
public class TinyModelLoader extends ModelLoader {
  /** Tokens of prompt and answer together. */
  public static final int CONTEXT = 512;

  public static final int IM_START = 256;
  public static final int IM_END = 257;
  private static final String TEMPLATE =
      "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>'"
          + " + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
          + "{% if messages[0]['content'] == 'refuse me' %}{{ raise_exception('no such talk') }}{% endif %}";

  @Override
  public ServedModel load(RouterSettings settings) {
    return new ServedModel(settings.modelId(), tokenizer(), Optional.of(TEMPLATE), CONTEXT, "0123456789abcdef",
        new SamplingDefaults(Map.of()), 1_700_000_000);
  }

  /** The tokenizer of the tiny model. */
  public static Tokenizer tokenizer() {
    List<String> tokens = new ArrayList<>();
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
      tokens.add(String.valueOf((char) (printable ? b : next++)));
    }
    tokens.addAll(List.of("<|im_start|>", "<|im_end|>", "<|endoftext|>"));
    byte[] types = new byte[tokens.size()];
    Arrays.fill(types, TokenizerSpec.NORMAL);
    Arrays.fill(types, IM_START, types.length, TokenizerSpec.CONTROL);
    return Tokenizers.build(new TokenizerSpec(Kind.BYTE_LEVEL_BPE, "gpt-2", tokens, types, List.of(), new float[0],
        -1, IM_END, -1, false, false, new int[] {IM_END, 258}));
  }
}

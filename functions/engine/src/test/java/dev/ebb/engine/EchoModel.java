package dev.ebb.engine;

import dev.ebb.engine.model.ModelConfig;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.Tensor;
import dev.ebb.engine.tokenizer.Tokenizer;
import dev.ebb.engine.tokenizer.TokenizerSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model for {@link EchoBackend}: no tensors, {@value #VOCABULARY} tokens. Token 0 ends a generation,
 * tokens 1 to 26 are the letters a to z, the others two-letter pieces, so that texts cross token borders.
 */
final class EchoModel implements ModelFile {
  static final int VOCABULARY = 80;
  static final int END = 0;
  static final String FINGERPRINT = "0123456789abcdef0123456789abcdef";
  static final int CONTEXT = 2048;

  @Override
  public Path path() {
    return Path.of("echo");
  }

  @Override
  public ModelConfig config() {
    return new ModelConfig("echo", "echo", 1, 1, 1, 1, 1, 1, VOCABULARY, CONTEXT, 1e-5f, null, 0);
  }

  @Override
  public TokenizerSpec tokenizer() {
    throw new UnsupportedOperationException("the echo model's tokenizer is EchoModel.Pieces");
  }

  @Override
  public Optional<String> chatTemplate() {
    return Optional.empty();
  }

  @Override
  public List<Tensor> tensors() {
    return List.of();
  }

  @Override
  public Map<String, Object> metadata() {
    return Map.of();
  }

  @Override
  public String fingerprint() {
    return FINGERPRINT;
  }

  @Override
  public void close() {
    // nothing is open
  }

  /** The piece of a token. */
  static String piece(int token) {
    if (token == END) {
      return "";
    }
    String first = Character.toString('a' + (token - 1) % 26);
    return token <= 26 ? first : first + Character.toString('a' + token / 26);
  }

  /** The tokenizer; only what an engine asks of one. */
  static final class Pieces implements Tokenizer {
    @Override
    public int vocabularySize() {
      return VOCABULARY;
    }

    @Override
    public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
      return text.chars().map(letter -> letter - 'a' + 1).toArray();
    }

    @Override
    public byte[] bytes(int token, boolean renderSpecial) {
      return EchoModel.piece(token).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public String decode(int[] tokens, boolean renderSpecial) {
      StringBuilder text = new StringBuilder();
      for (int token : tokens) {
        text.append(EchoModel.piece(token));
      }
      return text.toString();
    }

    @Override
    public StreamDecoder stream(boolean renderSpecial) {
      return new StreamDecoder() {
        @Override
        public String add(int token) {
          return EchoModel.piece(token);
        }

        @Override
        public String finish() {
          return "";
        }
      };
    }

    @Override
    public String piece(int token) {
      return EchoModel.piece(token);
    }

    @Override
    public boolean endsGeneration(int token) {
      return token == END;
    }

    @Override
    public int bos() {
      return -1;
    }

    @Override
    public int eos() {
      return END;
    }
  }
}

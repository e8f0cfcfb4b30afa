package dev.ebb.engine.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The rules that split text into words before byte-level BPE. The models define them as regular
 * expressions; these scanners match the same words without the cost, at start and at run time, of a
 * regular-expression engine, and never backtrack further than one run of white space.
 */
enum PreTokenizer {
  /** {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}. */
  GPT2(false, false, "gpt-2") {
    @Override
    int end(String text, int from, int to) {
      return Gpt2Words.end(text, from, to, false);
    }
  },

  /** Every number character alone, the rest between them as GPT-2. */
  SMOLLM(false, false, "smollm") {
    @Override
    int end(String text, int from, int to) {
      return Gpt2Words.end(text, from, to, true);
    }
  },

  /** Llama 3's expression: contractions in any case, up to three digits, line ends kept together. */
  LLAMA3(true, false, "llama-bpe", "llama3", "llama-v3") {
    @Override
    int end(String text, int from, int to) {
      return Llama3Words.end(text, from, to, 3);
    }
  },

  /** As Llama 3's, but one digit a word; the model's text is in normal form C. */
  QWEN2(false, true, "qwen2", "deepseek-r1-qwen") {
    @Override
    int end(String text, int from, int to) {
      return Llama3Words.end(text, from, to, 1);
    }
  };

  private final boolean wholeWords;
  private final boolean composed;
  private final List<String> names;

  PreTokenizer(boolean wholeWords, boolean composed, String... names) {
    this.wholeWords = wholeWords;
    this.composed = composed;
    this.names = List.of(names);
  }

  /** End of the word that begins at {@code from}; the text ends at {@code to} for every rule. */
  abstract int end(String text, int from, int to);

  /** Whether a word that is a token is taken as it is, even where the merges give other tokens. */
  boolean wholeWords() {
    return wholeWords;
  }

  /** Whether text is put into Unicode normal form C first. */
  boolean composed() {
    return composed;
  }

  /** Whether encode begins with the begin-of-sequence token where the model file does not say. */
  boolean addsBosByDefault() {
    return this == LLAMA3;
  }

  /**
   * @throws IllegalArgumentException naming the pre-tokenizers that exist
   */
  static PreTokenizer named(String name) {
    for (PreTokenizer known : values()) {
      if (known.names.contains(name)) {
        return known;
      }
    }
    throw new IllegalArgumentException(
        "pre-tokenizer '" + name + "' is not supported; known: "
            + Arrays.stream(values()).flatMap(p -> p.names.stream()).collect(Collectors.joining(", ")));
  }
}

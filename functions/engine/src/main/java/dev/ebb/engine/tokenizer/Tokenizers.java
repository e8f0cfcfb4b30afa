package dev.ebb.engine.tokenizer;

/** Builds the tokenizer that a model file describes. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * Builds a tokenizer.
   *
   * @throws IllegalArgumentException naming the pre-tokenizer or the lengths that are wrong
   * @throws RuntimeException of the kind that {@link TokenizerSpec#source} makes, for a merge that is
   *     wrong; of a model file a {@code ModelFormatException} naming the field and the offset
   */
  public static Tokenizer build(TokenizerSpec spec) {
    if (spec.types().length != spec.tokens().size()) {
      throw new IllegalArgumentException(
          spec.types().length + " token types for " + spec.tokens().size() + " tokens");
    }
    return switch (spec.kind()) {
      case BYTE_LEVEL_BPE -> new VocabularyTokenizer(
          spec, new ByteLevelBpe(spec), PreTokenizer.named(spec.preTokenizer()).composed());
      case SENTENCE_PIECE_BPE -> new VocabularyTokenizer(
          spec, spec.merges().isEmpty() ? new SentencePieceBpe(spec) : new CharacterBpe(spec), false);
    };
  }
}

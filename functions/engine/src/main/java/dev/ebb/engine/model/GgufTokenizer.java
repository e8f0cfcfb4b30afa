package dev.ebb.engine.model;

import dev.ebb.engine.tokenizer.TokenizerSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The tokenizer that a GGUF file's metadata describe. */
final class GgufTokenizer {
  private static final String TOKENS = "tokenizer.ggml.tokens";
  private static final String TYPES = "tokenizer.ggml.token_type";
  private static final String SCORES = "tokenizer.ggml.scores";
  private static final String MERGES = "tokenizer.ggml.merges";

  private final GgufMetadata metadata;
  private final String[] tokens;
  private final byte[] types;

  private GgufTokenizer(GgufMetadata metadata) {
    this.metadata = metadata;
    this.tokens = metadata.strings(TOKENS);
    if (tokens.length == 0) {
      throw metadata.wrong(TOKENS, "is empty");
    }
    this.types = types();
  }

  static TokenizerSpec read(GgufMetadata metadata) {
    return new GgufTokenizer(metadata).spec();
  }

  private TokenizerSpec spec() {
    String model = metadata.string("tokenizer.ggml.model");
    return switch (model) {
      case "gpt2" -> spec(TokenizerSpec.Kind.BYTE_LEVEL_BPE,
          metadata.string("tokenizer.ggml.pre"),
          Arrays.asList(metadata.strings(MERGES)), new float[0]);
      case "llama" -> spec(TokenizerSpec.Kind.SENTENCE_PIECE_BPE, "", List.of(), scores());
      default -> throw metadata.wrong("tokenizer.ggml.model",
          "tokenizer '" + model + "' is not supported (gpt2 and llama are)");
    };
  }

  private TokenizerSpec spec(
      TokenizerSpec.Kind kind, String preTokenizer, List<String> merges, float[] scores) {
    boolean sentencePiece = kind == TokenizerSpec.Kind.SENTENCE_PIECE_BPE;
    // Where a file says nothing, SentencePiece's own defaults hold: ids 0, 1, 2, a leading space.
    int bos = id("bos", sentencePiece ? 1 : -1);
    int eos = id("eos", sentencePiece ? 2 : -1);
    boolean addBos = metadata.bool(
        "tokenizer.ggml.add_bos_token", sentencePiece || addsBosByDefault(preTokenizer));
    if (addBos && bos < 0) {
      throw metadata.wrong("tokenizer.ggml.add_bos_token", "is true, but there is no bos_token_id");
    }
    return new TokenizerSpec(
        kind, preTokenizer, Collections.unmodifiableList(Arrays.asList(tokens)), types, merges, scores, bos, eos,
        id("unknown", sentencePiece ? 0 : -1), addBos,
        metadata.bool("tokenizer.ggml.add_space_prefix", sentencePiece),
        TokenizerSpec.endOfGeneration(Arrays.asList(tokens), types, eos, id("eot", -1), id("eom", -1)),
        this::wrong);
  }

  private ModelFormatException wrong(TokenizerSpec.Entry entry, int index, String what) {
    String key = entry == TokenizerSpec.Entry.MERGE ? MERGES : TOKENS;
    return metadata.wrong(key, "entry " + index + ": " + what);
  }

  private boolean addsBosByDefault(String preTokenizer) {
    try {
      return TokenizerSpec.addsBosByDefault(preTokenizer);
    } catch (IllegalArgumentException e) {
      throw metadata.wrong("tokenizer.ggml.pre", e.getMessage());
    }
  }

  private int id(String name, int absent) {
    int most = tokens.length - 1;
    return metadata.integer("tokenizer.ggml." + name + "_token_id", 0, most, Math.min(absent, most));
  }

  private byte[] types() {
    byte[] out = new byte[tokens.length];
    Arrays.fill(out, TokenizerSpec.NORMAL);
    if (metadata.has(TYPES)) {
      int[] stored = metadata.value(TYPES, int[].class);
      checkLength(TYPES, stored.length);
      for (int i = 0; i < out.length; i++) {
        if (stored[i] < 0 || stored[i] > TokenizerSpec.BYTE) {
          throw metadata.wrong(TYPES, "entry " + i + " is " + stored[i] + ", which is no token type");
        }
        out[i] = (byte) stored[i];
      }
    }
    return out;
  }

  private float[] scores() {
    float[] scores = metadata.value(SCORES, float[].class);
    checkLength(SCORES, scores.length);
    for (int i = 0; i < scores.length; i++) {
      if (Float.isNaN(scores[i])) {
        throw metadata.wrong(SCORES, "entry " + i + " is no number");
      }
    }
    return scores;
  }

  private void checkLength(String key, int length) {
    if (length != tokens.length) {
      throw metadata.wrong(key, length + " entries for " + tokens.length + " tokens");
    }
  }
}

package dev.ebb.engine.tokenizer;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A tokenizer as a model file describes it; {@link Tokenizers#build} makes it work.
 *
 * @param kind byte-level BPE ({@code gpt2} in GGUF) or SentencePiece-style BPE ({@code llama})
 * @param preTokenizer name of the split rule for byte-level BPE: {@code gpt-2}, {@code smollm},
 *     {@code llama-bpe}, {@code qwen2}; ignored for SentencePiece
 * @param tokens token strings by id, as stored (byte-level alphabet, or U+2581 for a space)
 * @param types token types by id
 * @param merges BPE merges in rank order, {@code "left right"}; for SentencePiece where
 *     the file has them instead of scores
 * @param scores SentencePiece scores by id; empty where {@code merges} decide
 * @param bos id of the begin-of-sequence token, -1 for none
 * @param eos id of the end-of-sequence token, -1 for none
 * @param unknown id of the unknown token, -1 for none
 * @param addBos whether encode puts {@code bos} first
 * @param addSpacePrefix whether SentencePiece text gets a leading space
 * @param endOfGeneration all ids that end a generation ({@code eos} and turn-end tokens)
 * @param source makes the errors about entries, which name where in the model file they are
 */
public record TokenizerSpec(
    Kind kind,
    String preTokenizer,
    List<String> tokens,
    byte[] types,
    List<String> merges,
    float[] scores,
    int bos,
    int eos,
    int unknown,
    boolean addBos,
    boolean addSpacePrefix,
    int[] endOfGeneration,
    Source source) {

  /**
   * Checks the form of byte tokens. Merges are checked as {@link Tokenizers#build} makes their table:
   * to go through them twice would cost every start.
   *
   * @throws RuntimeException of the source's kind
   */
  public TokenizerSpec {
    if (kind == Kind.SENTENCE_PIECE_BPE) {
      checkByteTokens(tokens, types, source);
    }
  }

  /** A description that comes from no model file; its errors are {@link IllegalArgumentException}s. */
  public TokenizerSpec(
      Kind kind, String preTokenizer, List<String> tokens, byte[] types, List<String> merges, float[] scores,
      int bos, int eos, int unknown, boolean addBos, boolean addSpacePrefix, int[] endOfGeneration) {
    this(kind, preTokenizer, tokens, types, merges, scores, bos, eos, unknown, addBos, addSpacePrefix, endOfGeneration,
        (entry, index, what) -> new IllegalArgumentException(entry + " " + index + ": " + what));
  }

  private static void checkByteTokens(List<String> tokens, byte[] types, Source source) {
    for (int id = 0; id < types.length; id++) {
      if (types[id] == BYTE && PieceBytes.value(tokens.get(id)) < 0) {
        throw source.wrong(Entry.TOKEN, id, "byte token '" + tokens.get(id) + "' is not written <0xNN>");
      }
    }
  }

  /** What an error can be about. */
  public enum Entry {
    TOKEN,
    MERGE
  }

  /** Where a description comes from. */
  public interface Source {
    /** The error for an entry that lies; {@code index} is a token's id or a merge's rank. */
    RuntimeException wrong(Entry entry, int index, String what);
  }

  /** The two algorithms. */
  public enum Kind {
    BYTE_LEVEL_BPE,
    SENTENCE_PIECE_BPE
  }

  /** Token types, GGUF numbering. */
  public static final byte NORMAL = 1;

  public static final byte UNKNOWN = 2;
  public static final byte CONTROL = 3;
  public static final byte USER_DEFINED = 4;
  public static final byte UNUSED = 5;
  public static final byte BYTE = 6;

  /** Strings that end a turn or a text in the model families that Ebb runs. */
  private static final Set<String> END_STRINGS =
      Set.of(
          "<|im_end|>", "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|eom_id|>",
          "<|end|>", "</s>", "<end_of_turn>", "<EOT>", "_<EOT>", "[EOT]");

  /**
   * Ids that end a generation: those named, and every special token whose string says so, also one that the file calls
   * the user's own, as fine-tuned models do.
   *
   * @param named ids from the model's own description; negative ones are ignored
   */
  public static int[] endOfGeneration(List<String> tokens, byte[] types, int... named) {
    Set<Integer> ids = new TreeSet<>();
    for (int id : named) {
      if (id >= 0) {
        ids.add(id);
      }
    }
    for (int id = 0; id < types.length; id++) {
      if ((types[id] == CONTROL || types[id] == USER_DEFINED) && END_STRINGS.contains(tokens.get(id))) {
        ids.add(id);
      }
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Whether encode puts {@code bos} first for this pre-tokenizer, where the file does not say. */
  public static boolean addsBosByDefault(String preTokenizer) {
    return PreTokenizer.named(preTokenizer).addsBosByDefault();
  }
}

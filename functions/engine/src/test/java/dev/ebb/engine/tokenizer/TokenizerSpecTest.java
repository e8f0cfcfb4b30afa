package dev.ebb.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a description that lies says, where it comes from no file. */
class TokenizerSpecTest {
  private static final byte[] TYPES = {TokenizerSpec.NORMAL, TokenizerSpec.NORMAL, TokenizerSpec.BYTE};

  private static TokenizerSpec spec(TokenizerSpec.Kind kind, String lastToken, String... merges) {
    return new TokenizerSpec(kind, "gpt-2", List.of("a", "aa", lastToken), TYPES, List.of(merges), new float[3],
        -1, -1, -1, false, false, new int[0]);
  }

  private static void refused(String expected, Executable attempt) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, attempt).getMessage());
  }

  @Test
  void byteTokensAreCheckedAtOnce() {
    for (String token : List.of("<0x0G>", "<0xA>", "<0x00A>", "0x0A", "[0x0A]")) {
      refused("TOKEN 2: byte token '" + token + "' is not written <0xNN>",
          () -> spec(TokenizerSpec.Kind.SENTENCE_PIECE_BPE, token));
    }
  }

  /** As in files of fine-tuned models, whose own turns end with tokens that their base did not have. */
  @Test
  void aSpecialTokenThatSaysSoEndsATurnWhoeverItIsFrom() {
    byte[] types = {TokenizerSpec.CONTROL, TokenizerSpec.USER_DEFINED, TokenizerSpec.NORMAL, TokenizerSpec.NORMAL};
    List<String> tokens = List.of("<|endoftext|>", "<|im_end|>", "</s>", "x");
    assertArrayEquals(new int[] {0, 1, 3}, TokenizerSpec.endOfGeneration(tokens, types, 3, -1));
  }

  @Test
  void mergesAreCheckedAsTheirTableIsBuilt() {
    for (TokenizerSpec.Kind kind : TokenizerSpec.Kind.values()) {
      for (String merge : List.of("aa", "", " a", "a ")) {
        TokenizerSpec spec = spec(kind, "<0x0A>", "a a", merge);
        refused("MERGE 1: '" + merge + "' is not two tokens", () -> Tokenizers.build(spec));
      }
      TokenizerSpec spec = spec(kind, "<0x0A>", "a a", "aa a");
      refused("MERGE 1: 'aaa' is not in the vocabulary", () -> Tokenizers.build(spec));
      assertEquals(3, Tokenizers.build(spec(kind, "<0x0A>", "a a")).vocabularySize());
    }
  }
}

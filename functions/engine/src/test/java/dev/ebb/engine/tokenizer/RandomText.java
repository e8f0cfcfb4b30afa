package dev.ebb.engine.tokenizer;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random Unicode text that is rich in what tokenizers get wrong. */
final class RandomText {
  private static final String[] SNIPPETS = {
    " ", "  ", "\n", "\r\n", "\n\n ", "\t", "\u00a0", "\u3000", "\u0085", "'s", "'LL", "'\u017f", "don't",
    "1234567", "3.14", "\u0663\u06f4", "\u00bd", "\u2167", "caf\u00e9", "e\u0301", "\u1e9b\u0323", "\uac00",
    "\u1112\u1161\u11ab", "\ud83d\udc69\u200d\ud83d\udc67", "\ud83c\udff3\ufe0f", "\u65e5\u672c\u8a9e",
    "\u0645\u0631\u062d\u0628\u0627", "\u0e2a\u0e27\u0e31", "\u200b", "\ufeff", "...", "!?", "//", "__init__",
    "(x)", "<|", "|>", "\u2014", "\u20ac", "Hello", " world", "\u01c5", "\u0000", "\u007f", "\u2581", "\u0120",
    "<0x0A>", "</s>"
  };

  private RandomText() {}

  /** Snippets and random assigned code points, up to forty pieces; no lone surrogates. */
  static Arbitrary<String> any() {
    Arbitrary<String> anything =
        Arbitraries.oneOf(
                Arbitraries.integers().between(0, 0xffff),
                Arbitraries.integers().between(0x10330, 0x1044f),
                Arbitraries.integers().between(0x1d400, 0x1d7cb),
                Arbitraries.integers().between(0x1f300, 0x1f64f),
                Arbitraries.integers().between(0x20000, 0x2a6dd))
            .filter(RandomText::usable)
            .map(Character::toString);
    Arbitrary<String> basic =
        Arbitraries.integers().between(0x20, 0x2fff).filter(RandomText::usable).map(Character::toString);
    Arbitrary<String> piece =
        Combinators.combine(
                Arbitraries.frequencyOf(
                    net.jqwik.api.Tuple.of(5, Arbitraries.of(SNIPPETS)),
                    net.jqwik.api.Tuple.of(2, basic),
                    net.jqwik.api.Tuple.of(1, anything),
                    net.jqwik.api.Tuple.of(3, Arbitraries.strings().withCharRange('a', 'z').ofMaxLength(9))),
                Arbitraries.of("", "", "", " "))
            .as(String::concat);
    return piece.list().ofMaxSize(40).map(pieces -> String.join("", pieces));
  }

  /**
   * Characters that Unicode 15 and 16 added between older ones: whether they are letters, and how they
   * compose, depends on the version of Unicode that a library was built with.
   */
  private static final String RECENT =
      "\u0897\u0cf3\u0ece\u1c89\u1c8a\u2427\u2428\u2429\u2ffc\u2ffd\u2ffe\u2fff\u31e4\u31e5\u31ef"
          + "\ua7cb\ua7cc\ua7cd\ua7da\ua7db\ua7dc";

  /** Assigned, encodable, and the same under every recent version of Unicode. */
  private static boolean usable(int c) {
    int type = Character.getType(c);
    return RECENT.indexOf(c) < 0
        && type != Character.SURROGATE
        && type != Character.UNASSIGNED
        && type != Character.PRIVATE_USE;
  }
}

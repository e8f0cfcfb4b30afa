package dev.ebb.huggingface;

import java.util.Map;

/**
 * How tokenizer.json prepares text for its merges, recognised as one of the rules that the engine
 * implements.
 *
 * @param byteLevel byte-level BPE, or SentencePiece-style BPE over characters
 * @param name the engine's name of the rule for byte-level BPE
 * @param spacePrefix whether text gets a leading space
 */
record SplitRule(boolean byteLevel, String name, boolean spacePrefix) {
  private static final String SPACE = "\u2581";
  private static final String WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
  private static final String REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final Map<String, String> EXPRESSIONS =
      Map.of(WORDS + "\\p{N}{1,3}" + REST, "llama-bpe", WORDS + "\\p{N}" + REST, "qwen2");

  /**
   * Recognises the rule.
   *
   * @throws dev.ebb.engine.model.ModelFormatException naming the part that is not known
   */
  static SplitRule read(Json tokenizer) {
    Json splitter = tokenizer.get("pre_tokenizer");
    if (tokenizer.get("model").get("byte_fallback").bool(false)) {
      return characters(tokenizer.get("normalizer"), splitter);
    }
    String name = byteLevelName(splitter);
    checkNormalizer(tokenizer.get("normalizer"), name);
    Json whole = tokenizer.get("model").get("ignore_merges");
    if (whole.bool(false) != name.equals("llama-bpe")) {
      throw whole.wrong(whole.bool(false) + " is not supported with the split rule " + name);
    }
    return new SplitRule(true, name, false);
  }

  private static String byteLevelName(Json splitter) {
    String type = splitter.get("type").string();
    if (type.equals("ByteLevel")) {
      checkByteLevel(splitter, true);
      return "gpt-2";
    }
    Json parts = splitter.get("pretokenizers");
    if (!type.equals("Sequence") || parts.size() != 2) {
      throw splitter.wrong("'" + type + "' is not supported (ByteLevel, or a pair that ends with it, is)");
    }
    Json first = parts.at(0);
    return switch (first.get("type").string()) {
      case "Digits" -> {
        checkByteLevel(parts.at(1), true);
        if (!first.get("individual_digits").bool(false)) {
          throw first.get("individual_digits").wrong("must be true");
        }
        yield "smollm";
      }
      case "Split" -> {
        checkByteLevel(parts.at(1), false);
        yield expression(first);
      }
      default -> throw first.get("type").wrong("'" + first.get("type").string() + "' is not supported");
    };
  }

  private static String expression(Json split) {
    Json regex = split.get("pattern").get("Regex");
    String name = EXPRESSIONS.get(regex.string());
    if (name == null) {
      throw regex.wrong("the expression " + regex.string() + " is not one of the supported ones");
    }
    if (!split.get("behavior").string().equals("Isolated") || split.get("invert").bool(false)) {
      throw split.wrong("must isolate its matches");
    }
    return name;
  }

  private static void checkByteLevel(Json part, boolean splits) {
    if (!part.get("type").string().equals("ByteLevel")) {
      throw part.get("type").wrong("must be ByteLevel");
    }
    if (part.get("add_prefix_space").bool(true)) {
      throw part.get("add_prefix_space").wrong("true is not supported");
    }
    if (part.get("use_regex").bool(true) != splits) {
      throw part.get("use_regex").wrong("must be " + splits + " here");
    }
  }

  private static void checkNormalizer(Json normalizer, String name) {
    String wanted = name.equals("qwen2") ? "NFC" : "";
    String found = normalizer.get("type").string("");
    if (!found.equals(wanted)) {
      throw normalizer.wrong("'" + found + "' is not supported with the split rule " + name);
    }
  }

  private static SplitRule characters(Json normalizer, Json splitter) {
    if (splitter.present()) {
      return metaspace(normalizer, splitter);
    }
    boolean prefix = false;
    boolean escapes = false;
    Json steps = normalizer.get("normalizers");
    for (int i = 0; i < steps.size(); i++) {
      Json step = steps.at(i);
      switch (step.get("type").string()) {
        case "Prepend" -> prefix = step.get("prepend").string().equals(SPACE);
        case "Replace" -> escapes = step.get("pattern").get("String").string().equals(" ")
            && step.get("content").string().equals(SPACE);
        default -> throw step.get("type").wrong("'" + step.get("type").string() + "' is not supported");
      }
    }
    if (!escapes) {
      throw normalizer.wrong("must replace a space by " + SPACE);
    }
    return new SplitRule(false, "", prefix);
  }

  private static SplitRule metaspace(Json normalizer, Json splitter) {
    String scheme = splitter.get("prepend_scheme").string("always");
    boolean known = splitter.get("type").string().equals("Metaspace")
        && splitter.get("replacement").string(SPACE).equals(SPACE)
        && !splitter.get("split").bool(true)
        && !scheme.equals("first");
    if (!known || normalizer.present()) {
      throw splitter.wrong("is not supported (Metaspace without split, always or never a space first, is)");
    }
    return new SplitRule(false, "", scheme.equals("always"));
  }
}

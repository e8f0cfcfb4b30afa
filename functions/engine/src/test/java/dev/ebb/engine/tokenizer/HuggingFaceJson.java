package dev.ebb.engine.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes a vocabulary as a tokenizer.json, the format of the Hugging Face tokenizers library. */
final class HuggingFaceJson {
  private static final String LLAMA3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}DIGITS| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
          + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String BYTE_LEVEL =
      "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":%s}";

  private HuggingFaceJson() {}

  static String of(TokenizerSpec spec) {
    boolean bytes = spec.kind() == TokenizerSpec.Kind.BYTE_LEVEL_BPE;
    return """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[%s],"normalizer":%s,"pre_tokenizer":%s,
        "post_processor":null,"decoder":null,
        "model":{"type":"BPE","dropout":null,"unk_token":%s,"continuing_subword_prefix":null,"end_of_word_suffix":null,
        "fuse_unk":true,"byte_fallback":%s,"ignore_merges":%s,"vocab":{%s},"merges":[%s]}}
        """.formatted(added(spec), normalizer(spec), preTokenizer(spec.preTokenizer()),
            bytes ? "null" : quoted(spec.tokens().get(spec.unknown())), !bytes,
            spec.preTokenizer().equals("llama-bpe"), vocabulary(spec),
            (bytes ? spec.merges() : mergesOf(spec)).stream()
                .map(HuggingFaceJson::merge)
                .collect(Collectors.joining(",")));
  }

  private static String added(TokenizerSpec spec) {
    return IntStream.range(0, spec.types().length)
        .filter(id -> spec.types()[id] == TokenizerSpec.CONTROL || spec.types()[id] == TokenizerSpec.USER_DEFINED)
        .mapToObj(id -> "{\"id\":%d,\"content\":%s,\"single_word\":false,\"lstrip\":false,\"rstrip\":false,"
            .formatted(id, quoted(spec.tokens().get(id))) + "\"normalized\":false,\"special\":true}")
        .collect(Collectors.joining(","));
  }

  private static String normalizer(TokenizerSpec spec) {
    if (spec.kind() == TokenizerSpec.Kind.SENTENCE_PIECE_BPE) {
      return "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"\u2581\"},"
          + "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"\u2581\"}]}";
    }
    return spec.preTokenizer().equals("qwen2") ? "{\"type\":\"NFC\"}" : "null";
  }

  private static String preTokenizer(String name) {
    return switch (name) {
      case "gpt-2" -> BYTE_LEVEL.formatted(true);
      case "smollm" -> sequence("{\"type\":\"Digits\",\"individual_digits\":true}", BYTE_LEVEL.formatted(true));
      case "llama-bpe" -> sequence(split(LLAMA3.replace("DIGITS", "{1,3}")), BYTE_LEVEL.formatted(false));
      case "qwen2" -> sequence(split(LLAMA3.replace("DIGITS", "")), BYTE_LEVEL.formatted(false));
      default -> "null";
    };
  }

  private static String sequence(String first, String second) {
    return "{\"type\":\"Sequence\",\"pretokenizers\":[" + first + "," + second + "]}";
  }

  private static String split(String regex) {
    return "{\"type\":\"Split\",\"pattern\":{\"Regex\":" + quoted(regex) + "},"
        + "\"behavior\":\"Isolated\",\"invert\":false}";
  }

  private static String vocabulary(TokenizerSpec spec) {
    return IntStream.range(0, spec.tokens().size())
        .mapToObj(id -> quoted(spec.tokens().get(id)) + ":" + id)
        .collect(Collectors.joining(","));
  }

  private static String merge(String merge) {
    int space = merge.indexOf(' ', 1);
    return "[" + quoted(merge.substring(0, space)) + "," + quoted(merge.substring(space + 1)) + "]";
  }

  /** The same vocabulary with merges instead of scores, as tokenizer.json has it. */
  static TokenizerSpec withMerges(TokenizerSpec spec) {
    return new TokenizerSpec(spec.kind(), spec.preTokenizer(), spec.tokens(), spec.types(), mergesOf(spec),
        spec.scores(), spec.bos(), spec.eos(), spec.unknown(), spec.addBos(), spec.addSpacePrefix(),
        spec.endOfGeneration());
  }

  /** The merges that scores imply: every split of a piece into two pieces, by the piece's score. */
  private static List<String> mergesOf(TokenizerSpec spec) {
    StringTable table = new StringTable(spec.tokens(), SpecialTokens.ordinary(spec.types()));
    List<Integer> byScore = new ArrayList<>();
    for (int id = 0; id < spec.types().length; id++) {
      if (spec.types()[id] == TokenizerSpec.NORMAL) {
        byScore.add(id);
      }
    }
    byScore.sort(Comparator.comparing((Integer id) -> -spec.scores()[id]));
    List<String> merges = new ArrayList<>();
    for (int id : byScore) {
      String piece = spec.tokens().get(id);
      for (int cut = 1; cut < piece.length(); cut++) {
        if (table.find(piece, 0, cut) >= 0 && table.find(piece, cut, piece.length()) >= 0) {
          merges.add(piece.substring(0, cut) + " " + piece.substring(cut));
        }
      }
    }
    return merges;
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}

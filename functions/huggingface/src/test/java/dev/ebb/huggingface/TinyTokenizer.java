package dev.ebb.huggingface;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Small tokenizer.json trees of each kind that is supported. */
final class TinyTokenizer {
  static final String LLAMA3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
          + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private TinyTokenizer() {}

  /** Bytes, two special tokens, and the merges of "hel". */
  static ObjectNode byteLevel() {
    ObjectNode root = parse("""
        {"version":"1.0","normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,
        "trim_offsets":true,"use_regex":true},"post_processor":null,"decoder":null,
        "added_tokens":[{"id":256,"content":"<|endoftext|>","special":true},
        {"id":257,"content":"<|im_end|>","special":true},{"id":260,"content":"<think>","special":false}],
        "model":{"type":"BPE","dropout":null,"unk_token":null,"byte_fallback":false,"vocab":{},
        "merges":["h e",["he","l"]]}}
        """);
    ObjectNode vocabulary = (ObjectNode) root.at("/model/vocab");
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
      vocabulary.put(Character.toString(printable ? b : next++), b);
    }
    vocabulary.put("he", 258).put("hel", 259);
    return root;
  }

  /** A pre-tokenizer of two parts, as Llama 3, Qwen2 and SmolLM2 have. */
  static ObjectNode sequence(String first, boolean useRegex) {
    return parse("""
        {"type":"Sequence","pretokenizers":[%s,
        {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":%s}]}
        """.formatted(first, useRegex));
  }

  static String split(String regex) {
    return "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"" + regex.replace("\\", "\\\\")
        + "\"},\"behavior\":\"Isolated\",\"invert\":false}";
  }

  /** Characters with byte fallback, as Llama 2's converted vocabulary. */
  static ObjectNode characters() {
    ObjectNode root = parse("""
        {"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"\\u2581"},
        {"type":"Replace","pattern":{"String":" "},"content":"\\u2581"}]},"pre_tokenizer":null,
        "added_tokens":[{"id":0,"content":"<unk>","special":true},{"id":1,"content":"<s>","special":true},
        {"id":2,"content":"</s>","special":true}],
        "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},
        {"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{}},
        "model":{"type":"BPE","unk_token":"<unk>","fuse_unk":true,"byte_fallback":true,
        "vocab":{"<unk>":0,"<s>":1,"</s>":2,"\\u2581":259,"h":260,"i":261,"\\u2581h":262,"\\u2581hi":263},
        "merges":["\\u2581 h","\\u2581h i"]}}
        """);
    ObjectNode vocabulary = (ObjectNode) root.at("/model/vocab");
    for (int b = 0; b < 256; b++) {
      vocabulary.put("<0x%02X>".formatted(b), 3 + b);
    }
    return root;
  }

  static ObjectNode parse(String json) {
    try {
      return (ObjectNode) TinyFolder.JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}

package dev.ebb.huggingface;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.Models;
import dev.ebb.engine.tokenizer.Tokenizer;
import dev.ebb.engine.tokenizer.TokenizerSpec;
import dev.ebb.engine.tokenizer.Tokenizers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of tokenizer.json becomes the engine's rule for it. */
class FolderTokenizerTest {
  @TempDir Path folder;

  private TokenizerSpec spec(TinyFolder tiny) {
    try (ModelFile model = Models.open(tiny.write(folder))) {
      return model.tokenizer();
    }
  }

  @Test
  void splitRulesAreRecognised() {
    TinyFolder tiny = new TinyFolder("llama");
    assertEquals("gpt-2", spec(tiny).preTokenizer());
    tiny.tokenizer.set(
        "pre_tokenizer", TinyTokenizer.sequence("{\"type\":\"Digits\",\"individual_digits\":true}", true));
    assertEquals("smollm", spec(tiny).preTokenizer());
    tiny.tokenizer.set("pre_tokenizer", TinyTokenizer.sequence(TinyTokenizer.split(TinyTokenizer.LLAMA3), false));
    ((ObjectNode) tiny.tokenizer.get("model")).put("ignore_merges", true);
    assertEquals("llama-bpe", spec(tiny).preTokenizer());
    tiny.tokenizer.set("pre_tokenizer",
        TinyTokenizer.sequence(TinyTokenizer.split(TinyTokenizer.LLAMA3.replace("{1,3}", "")), false));
    tiny.tokenizer.putObject("normalizer").put("type", "NFC");
    ((ObjectNode) tiny.tokenizer.get("model")).put("ignore_merges", false);
    assertEquals("qwen2", spec(tiny).preTokenizer());
  }

  @Test
  void charactersFallBackToBytes() {
    TinyFolder tiny = new TinyFolder("llama");
    tiny.tokenizer = TinyTokenizer.characters();
    tiny.settings.put("bos_token", "<s>").put("eos_token", "</s>");
    tiny.config.put("eos_token_id", 2);
    tiny.generation.put("eos_token_id", 2);
    TokenizerSpec spec = spec(tiny);
    assertEquals(TokenizerSpec.Kind.SENTENCE_PIECE_BPE, spec.kind());
    Tokenizer tokenizer = Tokenizers.build(spec);
    assertArrayEquals(new int[] {1, 263, 262, 3 + 0xc3, 3 + 0xa9}, tokenizer.encode("hi h\u00e9", true, true));
    assertArrayEquals(new int[] {263, 2, 263}, tokenizer.encode("hi</s>hi", false, true));
    assertEquals("hi h\u00e9", tokenizer.decode(new int[] {263, 262, 3 + 0xc3, 3 + 0xa9}, false));
    assertEquals(0, spec.unknown());
  }

  @Test
  void beginTokenFollowsPostProcessorUnlessTheSettingsSay() {
    TinyFolder tiny = new TinyFolder("llama");
    assertEquals(false, spec(tiny).addBos());
    tiny.tokenizer.set("post_processor", TinyTokenizer.parse("""
        {"type":"Sequence","processors":[{"type":"ByteLevel"},{"type":"TemplateProcessing","single":[
        {"SpecialToken":{"id":"<|endoftext|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}]}]}
        """));
    assertEquals(true, spec(tiny).addBos());
    tiny.settings.put("add_bos_token", false);
    assertEquals(false, spec(tiny).addBos());
  }
}

package dev.ebb.router.app.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelConfig;
import dev.ebb.router.app.config.RouterSettings;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelLoaderTest {
  /** 16 tokens take 32 KiB as F32, 16 as F16 and 8.25 as I8. */
  private static final ModelConfig MODEL =
      new ModelConfig("llama", "m", 2, 128, 2, 2, 64, 256, 259, 2_000, 1e-5f, null, 0);
  private static final long MEMORY = 1 << 20;

  @ParameterizedTest
  @CsvSource({"f32, 512", "f16, 1024", "i8, 1984"})
  void theContextIsWhatTheMemoryHoldsOfThatType(String type, int tokens) {
    assertEquals(tokens, maxModelLen(type, Map.of("ebb.dist", "dist", "ebb.run.dir", "run"), MEMORY));
  }

  @Test
  void theContextIsTheModelsWhereTheMemoryHoldsMore() {
    assertEquals(2_000, maxModelLen("f32", Map.of("ebb.dist", "dist", "ebb.run.dir", "run"), 4 * MEMORY));
  }

  /** Only the functions know the memory of their machines. */
  @Test
  void elsewhereTheContextIsAsLongAsTheSettingSays() {
    Map<String, String> elsewhere = Map.of("ebb.platform", "static", "ebb.prefill.url", "http://p:1",
        "ebb.decode.url", "http://d:1", "ebb.kv.tokens", "1600");
    assertEquals(1_600, maxModelLen("f32", elsewhere, MEMORY));
  }

  private static int maxModelLen(String kvType, Map<String, String> others, long memory) {
    RouterSettings settings = RouterSettings.from(new SmallRyeConfigBuilder().withSources(
        new PropertiesConfigSource(Map.of("ebb.model.path", "m.gguf", "ebb.kv.type", kvType), "type", 200),
        new PropertiesConfigSource(others, "others", 100)).build());
    return ModelLoader.maxModelLen(MODEL, settings,
        layout -> (int) (memory / layout.blockBytes()) * KvLayout.BLOCK_TOKENS);
  }
}

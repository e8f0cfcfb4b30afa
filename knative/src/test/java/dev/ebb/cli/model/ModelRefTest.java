package dev.ebb.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.cli.CliException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRefTest {

  @Test
  void tellsIdsHubsAndPathsApart() {
    assertEquals(new ModelRef.Id("qwen3-0.6b"), ModelRef.parse("Qwen3-0.6B"));
    assertEquals(new ModelRef.Hub("Qwen/Qwen3-0.6B-GGUF", "Qwen3-0.6B-Q8_0.gguf"),
        ModelRef.parse("hf://Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf"));
    assertEquals(new ModelRef.Hub("a/b", "sub/file.gguf"), ModelRef.parse("hf://a/b/sub/file.gguf"));
    assertEquals(new ModelRef.Hub("Qwen/Qwen3-0.6B", ""), ModelRef.parse("hf://Qwen/Qwen3-0.6B"));
    assertEquals(new ModelRef.Local(Path.of("/models/a.gguf")), ModelRef.parse("/models/a.gguf"));
    assertTrue(ModelRef.parse("a.gguf") instanceof ModelRef.Local);
  }

  @Test
  void namesHaveIds() {
    assertEquals("qwen3-0.6b-q8_0", ModelRef.parse("hf://Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf").id());
    assertEquals("qwen3-0.6b", ModelRef.parse("hf://Qwen/Qwen3-0.6B").id());
    assertEquals("my-model", ModelRef.parse("/models/My Model.GGUF").id());
  }

  @Test
  void whatLeadsElsewhereIsNoId() {
    for (String name : new String[] {"", ".", "..", "-x", "_x", ".x", "a/b", "a b", "a\n"}) {
      assertThrows(CliException.class, () -> ModelRef.needId(name), name);
    }
    assertEquals("Qwen3-0.6b_q8", ModelRef.needId("Qwen3-0.6b_q8"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hf://", "hf://org", "hf:/a/b/c.gguf", "hf://a/b/../c.gguf", "", "a b", "-x", "*"})
  void refusesWhatIsNone(String name) {
    assertThrows(CliException.class, () -> ModelRef.parse(name));
  }

  @Test
  void everyNameOfTheRegistryParses() {
    Registry registry = Registry.load();
    assertTrue(registry.ids().contains(Registry.DEFAULT_ID));
    for (String id : registry.ids()) {
      KnownModel model = registry.find(id).orElseThrow();
      assertEquals(new ModelRef.Id(id), ModelRef.parse(id));
      assertTrue(model.hub() == null ^ model.pythonPackage() == null, id + " has one source");
      assertTrue(model.hub() == null || ModelRef.parse(model.hub()) instanceof ModelRef.Hub, id);
    }
    assertEquals("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        registry.sha256(Registry.DEFAULT_ID).orElseThrow());
  }
}

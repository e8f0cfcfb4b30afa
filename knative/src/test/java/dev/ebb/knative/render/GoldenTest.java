package dev.ebb.knative.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.YamlFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is rendered, byte for byte. After a change that is meant, {@code -Dgolden.update=true} writes the files anew;
 * the change of the golden files is then read like one of the sources.
 */
class GoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/dev/ebb/knative/golden");

  @Test
  void theExample() throws Exception {
    check("example.yaml", EbbYaml.read(YamlFiles.EXAMPLE));
  }

  @Test
  void everyKey() throws Exception {
    check("full.yaml", YamlFiles.full());
  }

  @Test
  void twiceIsTheSame() {
    assertEquals(Rendering.stream(Rendering.of(YamlFiles.full())), Rendering.stream(Rendering.of(YamlFiles.full())));
  }

  @Test
  void theOrderOfKeysInTheFileDoesNotCount() {
    String text = YamlFiles.text("full.yaml");
    String turned = text.replace("      zone: b\n      accelerator: h100\n", "      accelerator: h100\n      zone: b\n")
        .replace("name: lab\nnamespace: llm\n", "namespace: llm\nname: lab\n");
    assertTrue(!turned.equals(text));
    assertEquals(Rendering.stream(Rendering.of(YamlFiles.parsed(text))),
        Rendering.stream(Rendering.of(YamlFiles.parsed(turned))));
  }

  private static void check(String name, EbbYaml yaml) throws IOException {
    List<Manifest> manifests = Rendering.of(yaml);
    Path golden = GOLDEN.resolve(name);
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(golden, Rendering.stream(manifests));
    }
    assertEquals(Files.readString(golden), Rendering.stream(manifests),
        "run with -Dgolden.update=true if the change is meant");
  }
}

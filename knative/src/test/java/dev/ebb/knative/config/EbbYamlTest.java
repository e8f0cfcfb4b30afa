package dev.ebb.knative.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EbbYamlTest {
  @TempDir Path folder;

  private static EbbYamlException refused(String text) {
    return assertThrows(EbbYamlException.class, () -> EbbYaml.parse("ebb.yaml", text));
  }

  @Test
  void readsEveryKey() {
    EbbYaml yaml = YamlFiles.full();
    ModelSpec qwen = yaml.models().getFirst();
    assertEquals(new ModelSpec.Hub("hf://Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf", new Quantity("2Gi"),
        Optional.of("fast"), Optional.of(new Tenant.SecretEntry("hub", "token"))), qwen.source());
    assertEquals(new PhaseSpec(PhaseSpec.Mode.KNATIVE, 1, 4, new PhaseSpec.Gpus("nvidia.com/gpu", 1),
        new Resources(new Quantity("2500m"), new Quantity("8Gi")),
        new PhaseSpec.Engine(OptionalInt.of(2), 128, 512, OptionalInt.empty(), 300), new BigDecimal("4.5"),
        300, 900, 500, 60), qwen.decode());
    assertEquals(Map.of("zone", "b", "accelerator", "h100"), qwen.nodeSelector());
    assertTrue(qwen.cudaGraphs());
    assertEquals(Optional.of("nvidia"), qwen.runtimeClass());
    assertEquals(List.of("cpu", "memory", "nvidia.com/gpu"), List.copyOf(
        yaml.quotas().orElseThrow().queues().getFirst().flavors().getFirst().nominal().keySet()));
    assertEquals("registry.example.com/other/router:1.3", yaml.images().of(Images.Part.ROUTER));
    assertEquals("registry.example.com/ebb/ebb-decode:1.2", yaml.images().of(Images.Part.DECODE));
    assertEquals(new EbbYaml.Namespaces("observe", "keda-system", "knative-serving", "contour-internal"),
        yaml.namespaces());
    assertEquals(Optional.of(new EbbYaml.Jobs(new Resources(new Quantity("1"), new Quantity("1Gi")),
        new EbbYaml.SinkReference("serving.knative.dev/v1", "Service", "results", Optional.of("reports")), 3600)),
        yaml.broker().orElseThrow().jobs());
  }

  @Test
  void defaultsAreThoseOfTheSchema() throws Exception {
    EbbYaml yaml = EbbYaml.read(YamlFiles.EXAMPLE);
    PhaseSpec decode = yaml.models().getFirst().decode();
    assertEquals(List.of(0, 1, 60, 1800, 600, 30), List.of(decode.min(), decode.max(), decode.idleSeconds(),
        decode.startSeconds(), decode.timeoutSeconds(), decode.drainSeconds()));
    assertEquals(new BigDecimal("8"), decode.threshold());
    assertEquals(new PhaseSpec.Gpus("nvidia.com/gpu", 0), decode.gpus());
    assertEquals(new RouterSpec(1, new Resources(new Quantity("500m"), new Quantity("512Mi")), Optional.empty(), 600,
        600, 10 << 20, OptionalInt.empty(), 10_000, 600), yaml.router());
    assertEquals("cpu", yaml.models().getFirst().backend());
  }

  @Test
  void allMistakesAreToldAtOnceInTheOrderOfTheFile() {
    String text = YamlFiles.text("full.yaml")
        .replace("name: lab", "name: Lab").replace("threshold: 4.5", "threshold: 0")
        .replace("queue: gpus", "queue: none").replace("maxParked: 500", "maxPark: 500");
    List<String> paths = refused(text).problems().stream().map(Problem::path).toList();
    assertEquals(List.of("name", "models[0].queue", "models[0].decode.threshold", "router.maxPark"), paths);
  }

  @Test
  void whatFollowsFromAMistakeIsNoSecondOne() {
    List<Problem> problems = refused("name: a\nnamespace: b\nimages: {tag: x}\nmodels: [{id: m}]\n"
        + "store: {arena: {tmpfs: 1Gi}}\nprometheus: {url: 'http://p'}\n").problems();
    assertEquals(List.of("images.router", "images.decode", "models[0].source", "models[0].decode"),
        problems.stream().map(Problem::path).toList(), problems.toString());
  }

  @Test
  void aFileThatIsNoYamlSaysWhere() {
    assertEquals(2, refused("name: a\n\tnamespace: b\n").problems().getFirst().line());
    assertTrue(refused("name: a\n---\nname: b\n").getMessage().contains("the file is no YAML"));
    assertTrue(refused("").getMessage().startsWith("ebb.yaml:1:1: the file is empty"));
    assertTrue(refused("# nothing\n").getMessage().contains("knative/examples/ebb.yaml"));
    assertEquals("1:1: the file is a list, not a mapping; write a mapping: One installation of Ebb on a cluster: "
        + "models, what their phases may use, and who may use them", refused("- a\n").problems().getFirst().toString());
  }

  @Test
  void nestedAliasesDoNotMultiply() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertTrue(refused(bomb.toString()).getMessage().contains("alias"));
    assertTrue(refused("a: &a [*a]\n").getMessage().contains("alias"));
  }

  @Test
  void aFileThatIsNotUtf8IsRefused() throws Exception {
    Path file = Files.write(folder.resolve("ebb.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff});
    String message = assertThrows(EbbYamlException.class, () -> EbbYaml.read(file)).getMessage();
    assertTrue(message.contains("save it as UTF-8"), message);
  }

  @Test
  void quantitiesAreCompared() {
    assertEquals(0, new Quantity("1500m").value().compareTo(new Quantity("1.5").value()));
    assertTrue(new Quantity("1Gi").value().compareTo(new Quantity("1G").value()) > 0);
    assertEquals(BigDecimal.ZERO, new Quantity("many").value());
    assertEquals(BigDecimal.ZERO, new Quantity("5X").value());
  }

  @Test
  void aPodMustFitOneFlavorWhole() {
    // Neither flavor has both: one the device, the other the memory.
    String text = YamlFiles.text("full.yaml").replace("nvidia.com/gpu: 2}", "nvidia.com/gpu: 0}")
        .replace("        memory: 8Gi", "        memory: 40Gi");
    assertTrue(refused(text).getMessage().contains("models[0].decode.resources fit no single flavor of queue gpus"));
  }
}

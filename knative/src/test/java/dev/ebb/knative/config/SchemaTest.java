package dev.ebb.knative.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** The published schema, read by another's validator, agrees with ours. */
class SchemaTest {
  /** Of these a file has one of each group, so full.yaml has them in other models or not at all. */
  private static final Set<String> EXCLUDED = Set.of("models[].source.claim", "store.arena.tmpfs",
      "broker.jobs.sink.url", "prometheus.auth.bearer", "prometheus.auth.bearer.secret",
      "prometheus.auth.bearer.entry");

  private static final JsonSchema PUBLISHED =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(EbbYaml.schema());

  private static boolean accepts(String yaml) {
    return PUBLISHED.validate(yaml, InputFormat.YAML).isEmpty();
  }

  @Test
  void theExampleAndTheFullFilePass() throws Exception {
    assertEquals(Set.of(), PUBLISHED.validate(Files.readString(YamlFiles.EXAMPLE), InputFormat.YAML));
    assertEquals(Set.of(), PUBLISHED.validate(YamlFiles.text("full.yaml"), InputFormat.YAML));
  }

  static Stream<MutationsTest.Mutation> mutationsOfOneValue() {
    return MutationsTest.mutations("mutations.txt");
  }

  @ParameterizedTest
  @MethodSource("mutationsOfOneValue")
  void whatOneValueMayNotBeIsRefusedByTheSchemaToo(MutationsTest.Mutation mutation) {
    assertFalse(accepts(YamlFiles.text("full.yaml").replace(mutation.found(), mutation.put())), mutation.what());
  }

  @Test
  void theFullFileHasEveryKeyOfTheSchema() {
    Set<String> known = new TreeSet<>();
    walk("", Schema.ofFile(), (path, schema) -> known.add(path));
    Set<String> given = new TreeSet<>();
    collect("", new Yaml().load(YamlFiles.text("full.yaml")), given);
    Set<String> lacking = new TreeSet<>(known);
    lacking.removeAll(given);
    lacking.removeAll(EXCLUDED);
    // Images of parts are alike; one stands for all.
    lacking.removeIf(path -> path.matches("images\\.(prefill|decode|cli|batch)"));
    // A phase's keys are alike in both.
    lacking.removeIf(path -> path.startsWith("models[].prefill.")
        && given.contains(path.replace(".prefill.", ".decode.")));
    lacking.removeIf(path -> path.equals("models[].decode.chunkTokens") || path.equals("models[].decode.tokenBudget"));
    assertEquals(Set.of(), lacking);
  }

  @Test
  void theReadmeHasARowForEveryKeyWithItsDefault() throws Exception {
    String readme = Files.readString(Path.of("README.md"));
    walk("", Schema.ofFile(), (path, schema) -> {
      // Phases, resources, tolerations and secret entries have tables of their own.
      String key = path.replaceFirst(".*\\.(prefill|decode)\\.(resources\\.)?", "")
          .replaceFirst(".*\\.(resources|tolerations\\[]|token|key|bearer|username|password|ca)\\.", "");
      String row = readme.lines().filter(line -> line.matches("\\| `" + Pattern.quote(key) + "(\\[])?` \\|.*"))
          .findFirst().orElse("");
      assertTrue(!row.isEmpty(), path);
      String standard = schema.get("default").asText("");
      assertTrue(standard.isEmpty() || row.contains("| `" + standard + "` |"), path + " " + row);
    });
  }

  @Test
  void everyKeyIsExplained() {
    walk("", Schema.ofFile(), (path, schema) ->
        assertTrue(schema.get("description").asText().length() > 4, path));
  }

  @Test
  void everyPatternHasItsMend() {
    walk("", Schema.ofFile(), (path, schema) -> assertTrue(
        schema.get("pattern").isMissingNode() || schema.get("x-mend").asText().length() > 10, path));
  }

  private static void walk(String path, Schema schema, BiConsumer<String, Schema> visitor) {
    for (String key : schema.keys()) {
      String below = path.isEmpty() ? key : path + "." + key;
      visitor.accept(below, schema.field(key));
      walk(below, schema.field(key), visitor);
      if (!schema.field(key).items().isMissing()) {
        walk(below + "[]", schema.field(key).items(), visitor);
      }
    }
  }

  private static void collect(String path, Object value, Set<String> paths) {
    if (value instanceof Map<?, ?> fields) {
      fields.forEach((key, field) -> {
        String below = path.isEmpty() ? key.toString() : path + "." + key;
        paths.add(below);
        collect(below, field, paths);
      });
    } else if (value instanceof List<?> items) {
      items.forEach(item -> collect(path + "[]", item, paths));
    }
  }
}

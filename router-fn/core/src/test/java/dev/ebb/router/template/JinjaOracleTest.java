package dev.ebb.router.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.Models;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every template and expression gives what Python's jinja2 gave, error for error. */
class JinjaOracleTest {

  static Stream<String> templates() {
    List<String> names = new ArrayList<>();
    Recorded.ALL.get("templates").fieldNames().forEachRemaining(names::add);
    return names.stream();
  }

  static Stream<Integer> snippets() {
    return Stream.iterate(0, i -> i + 1).limit(Recorded.ALL.get("snippets").size());
  }

  @ParameterizedTest
  @MethodSource("templates")
  void conversationsRenderAsInPython(String name) {
    ChatTemplate template = ChatTemplate.of(name.equals("smollm2") ? ofTheRealModel() : Recorded.resource(name));
    JsonNode results = Recorded.ALL.get("templates").get(name);
    assertEquals(13 * 5, results.size());
    results.fields().forEachRemaining(result -> {
      String[] names = result.getKey().split("/");
      assertEquals(
          Recorded.outcome(result.getValue()),
          Recorded.outcome(template, Recorded.conversation(names[0]),
              Recorded.variables(Recorded.ALL.at("/extras/" + names[1]))),
          () -> name + " with " + result.getKey());
    });
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void expressionsAndStatementsDoAsInPython(int index) {
    String source = Recorded.resource("snippets.txt").split("\n----\n")[index];
    assertEquals(
        Recorded.outcome(Recorded.ALL.get("snippets").get(index)),
        Recorded.outcome(ChatTemplate.of(source), List.of(), Recorded.variables(Recorded.ALL.get("variables"))),
        source);
  }

  @Test
  void mostOfWhatIsRecordedRenders() {
    long texts = 0;
    for (JsonNode results : Recorded.ALL.get("templates")) {
      for (JsonNode result : results) {
        texts += result.has("text") ? 1 : 0;
      }
    }
    assertTrue(texts > 300, texts + " renders recorded");
  }

  private static String ofTheRealModel() {
    String named = System.getenv("EBB_MODEL");
    Path path = named != null ? Path.of(named) : cache().resolve("smollm2-135m-instruct.gguf");
    if (!Files.isRegularFile(path)) {
      throw new IllegalStateException(path + " is not there: run `make model` first");
    }
    try (ModelFile model = Models.open(path)) {
      return model.chatTemplate().orElseThrow();
    }
  }

  private static Path cache() {
    String home = System.getenv("EBB_HOME");
    if (home != null) {
      return Path.of(home, "models");
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    return (xdg != null ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache")).resolve("ebb/models");
  }
}

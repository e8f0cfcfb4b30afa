package dev.ebb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EnvironmentCheckTest {
  private static final Pattern SETTING = Pattern.compile("EBB_[A-Z_]*[A-Z]");

  /** Every variable that a table or a script of the tree names; nobody is to be warned of what they were told. */
  @Test
  void whatIsDocumentedIsKnown() throws Exception {
    Map<String, String> env = new TreeMap<>();
    for (String file : List.of("README.md", "router-fn/README.md", "CONTRIBUTING.md", "Makefile",
        "scripts/test-cluster.sh", "scripts/ci.sh")) {
      Set<String> named = SETTING.matcher(Files.readString(Path.of("..", file))).results()
          .map(found -> found.group()).collect(Collectors.toSet());
      named.forEach(name -> env.put(name, "x"));
    }
    assertTrue(env.containsKey("EBB_EVENT_MEMORY_SECONDS") && env.containsKey("EBB_SERVING"), env.toString());
    assertEquals(List.of(), EnvironmentCheck.warnings(env));
  }

  /** What make exports reaches ebb, which would warn of it. */
  @Test
  void makeExportsNoSettingThatWasNotGiven() throws Exception {
    assertEquals("", exported());
    assertEquals("EBB_SERVING=v0.42.2", exported("SERVING=v0.42.2"));
  }

  private static String exported(String... more) throws Exception {
    Process process = new ProcessBuilder(java.util.stream.Stream.concat(java.util.stream.Stream.of("make", "-s",
        "--eval", "shown: ; @env | grep ^EBB_SERVING || true", "shown"), java.util.stream.Stream.of(more)).toList())
        .directory(Path.of("..").toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }
}

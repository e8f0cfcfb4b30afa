package dev.ebb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.cli.term.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenderCommandTest {
  private static final String EXAMPLE = "examples/ebb.yaml";
  @TempDir Path folder;

  private static CommandRun render(String... arguments) {
    return CommandRun.of(Map.of(), Stream.concat(Stream.of("render"), Stream.of(arguments)).toArray(String[]::new));
  }

  private CommandRun renderInto(Path target, String file) {
    return render("-f", file, "-o", target.toString());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void printsOneStream() {
    CommandRun run = render("-f", EXAMPLE);
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().startsWith("# Rendered by ebb"), run.out());
    assertEquals(25, run.out().lines().filter(line -> line.equals("---")).count());
    assertTrue(run.err().contains("ebb: needs config-network mesh-compatibility-mode: disabled"), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-f " + EXAMPLE, "--schema"})
  void anOutputThatIsCutOffIsAFailure(String what) throws Exception {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (PrintStream full = new PrintStream("/dev/full"); PrintStream told = new PrintStream(err)) {
      Context context = new Context(Map.of(), Terminal.none(full, told), InputStream.nullInputStream());
      assertEquals(1, Ebb.run(context, ("render " + what).split(" ")));
    }
    assertEquals("ebb: standard output could not be written to its end: its disk is full, or its reader went away\n",
        err.toString());
  }

  @Test
  void writesAFileAnObject() throws Exception {
    Path fresh = folder.resolve("new/rendered");
    CommandRun run = renderInto(fresh, EXAMPLE);
    assertEquals(0, run.status(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().contains("26 objects in " + fresh), run.err());
    List<String> names = names(fresh);
    assertEquals(27, names.size());
    assertTrue(names.contains("17-knative-service-smollm2-135m-instruct-decode.yaml"), names.toString());
    assertTrue(Files.readString(fresh.resolve("00-namespace-ebb.yaml")).contains("kind: Namespace"));
  }

  @Test
  void takesTheEarlierOutputAwayAndNothingElse() throws Exception {
    renderInto(folder, EXAMPLE);
    Path other = Files.createTempFile("ebb", ".yaml");
    Files.writeString(other, Files.readString(Path.of(EXAMPLE)).replace("namespace: ebb", "namespace: other"));
    assertEquals(0, renderInto(folder, other.toString()).status());
    assertFalse(names(folder).contains("00-namespace-ebb.yaml"));
    assertEquals(27, names(folder).size());
    Files.delete(other);
  }

  @Test
  void refusesAFolderWithForeignFiles() throws Exception {
    Path foreign = Files.writeString(folder.resolve("notes.txt"), "mine");
    CommandRun run = renderInto(folder, EXAMPLE);
    assertEquals(1, run.status());
    assertTrue(run.err().contains("holds files that ebb render did not write (notes.txt); name an empty folder"),
        run.err());
    assertEquals(List.of("notes.txt"), names(folder));
    Files.delete(foreign);
    renderInto(folder, EXAMPLE);
    Files.writeString(folder.resolve("kustomization.yaml"), "mine");
    assertEquals(1, renderInto(folder, EXAMPLE).status());
    assertEquals("mine", Files.readString(folder.resolve("kustomization.yaml")));
  }

  @Test
  void aListThatLeadsOutOfTheFolderIsNotFollowed() throws Exception {
    Path target = folder.resolve("out");
    Path victim = Files.writeString(folder.resolve("00-victim.yaml"), "mine");
    renderInto(target, EXAMPLE);
    Files.writeString(target.resolve(".ebb-render"), "../00-victim.yaml\n"
        + Files.readString(target.resolve(".ebb-render")));
    assertEquals(0, renderInto(target, EXAMPLE).status());
    assertTrue(Files.exists(victim));
  }

  @Test
  void aRenderingThatWasCutOffCanBeRepeated() throws Exception {
    renderInto(folder, EXAMPLE);
    Files.delete(folder.resolve("00-namespace-ebb.yaml"));
    assertEquals(0, renderInto(folder, EXAMPLE).status());
    assertTrue(Files.exists(folder.resolve("00-namespace-ebb.yaml")));
  }

  @Test
  void aBrokenFileRendersNothing() throws Exception {
    Path broken = Files.writeString(folder.resolve("ebb.yaml"),
        Files.readString(Path.of(EXAMPLE)).replace("queue: serving", "queue: servin"));
    Path target = folder.resolve("out");
    CommandRun run = renderInto(target, broken.toString());
    assertEquals(1, run.status());
    assertEquals("ebb: 1 mistake, nothing was rendered:\n" + broken + ":19:5: models[0].queue names 'servin', which is "
        + "not in quotas.queues; did you mean serving?\n", run.err());
    assertFalse(Files.exists(target));
  }

  @Test
  void renderDoctorAndDeployWarnAlike() throws Exception {
    Path file = Files.writeString(folder.resolve("ebb.yaml"), Files.readString(Path.of(EXAMPLE))
        + "router: {host: llm.example.com, replicas: 2}\ntenants: [{name: a, key: {secret: keys, entry: a}}]\n");
    List<String> rendered = warnings(render("-f", file.toString()));
    assertEquals(3, rendered.size(), rendered.toString());
    assertTrue(rendered.get(1).startsWith("ebb: warning: router.host publishes llm.example.com"), rendered.get(1));
    String[] nowhere = {"-f", file.toString(), "--kubeconfig", folder.resolve("none").toString()};
    assertEquals(rendered, warnings(CommandRun.of(Map.of(),
        Stream.concat(Stream.of("deploy"), Stream.of(nowhere)).toArray(String[]::new))));
    assertEquals(rendered, warnings(CommandRun.of(Map.of(),
        Stream.concat(Stream.of("doctor", "--cluster"), Stream.of(nowhere)).toArray(String[]::new))));
  }

  private static List<String> warnings(CommandRun run) {
    return run.err().lines().filter(line -> line.startsWith("ebb: warning: ")).toList();
  }

  @Test
  void wrongUsageIsNamed() {
    assertEquals(2, render().status());
    assertEquals(2, render("-f", EXAMPLE, "--schema").status());
    assertEquals(2, render("-o", folder.toString()).status());
    assertEquals(2, render("-o", folder.toString(), "--schema").status());
    CommandRun none = render("-f", "no.yaml");
    assertEquals(1, none.status());
    assertTrue(none.err().contains("no file no.yaml; give an ebb.yaml with -f"), none.err());
    CommandRun file = render("-f", EXAMPLE, "-o", EXAMPLE);
    assertTrue(file.err().contains("is a file; name a folder with -o"), file.err());
    for (String nowhere : new String[] {"/proc/x", "/proc/x/y", EXAMPLE + "/x"}) {
      CommandRun run = render("-f", EXAMPLE, "-o", nowhere);
      assertEquals(1, run.status());
      assertTrue(run.err().startsWith("ebb: cannot make the folder " + nowhere + " ("), run.err());
      assertTrue(run.err().contains("); name another with -o\n"), run.err());
    }
  }

  @Test
  void printsTheSchema() {
    CommandRun run = render("--schema");
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().contains("\"https://json-schema.org/draft/2020-12/schema\""));
  }
}

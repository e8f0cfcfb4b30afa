package dev.ebb.it.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.harness.Command;
import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code scripts/ci.sh} in a tree that holds nothing but it and stand-ins. {@code make test} has three tests and five
 * of ctest there, {@code make test-cluster} two, the builds of {@code make test-cuda} are two parts.
 */
final class CiScriptTest {
  private static final String ALL = "12 passed, 0 failed, 0 skipped";
  private static final String NO_CLUSTER = "10 passed, 0 failed, 0 skipped";

  @TempDir
  Path tree;

  private final Map<String, String> settings = new TreeMap<>();

  @BeforeEach
  void makeTree() throws IOException {
    Path scripts = Workspace.target(".").resolve("../../scripts").normalize();
    Path cluster = Files.createDirectories(tree.resolve("integration-tests/cluster/tools")).getParent();
    Files.createDirectories(tree.resolve("scripts"));
    for (String name : List.of("ci.sh", "test_summary.py")) {
      put(scripts.resolve(name), tree.resolve("scripts").resolve(name));
    }
    put(Workspace.resource("ci/cluster"), cluster.resolve("cluster"));
    put(Workspace.resource("ci/tool"), cluster.resolve("tools/fetch.sh"));
    put(Workspace.resource("ci/tool"), cluster.resolve("tools/build.sh"));
    for (String name : List.of("timeout", "id", "apt-get")) {
      put(Workspace.resource("ci/bin/" + name), Files.createDirectories(tree.resolve("bin")).resolve(name));
    }
    put(Workspace.resource("ci/cuda"), tree.resolve("scripts/cuda_toolchain.sh"));
    put(Workspace.resource("ci/cuda"), tree.resolve("scripts/test_cuda.sh"));
    put(Workspace.resource("ci/suite"), tree.resolve("bin/make"));
    put(Workspace.resource("ci/suite"), tree.resolve("scripts/test-cluster.sh"));
  }

  @Test
  void allRunAndAreCountedTogether() {
    String output = ci(20, 0);
    assertTrue(output.contains("ran: test\n"), output);
    assertTrue(output.contains("ran: test-cluster of those tagged short\n"), output);
    assertTrue(output.contains("its tools are built already"), output);
    // To the 75 minutes that are left, with what a slow suite is given beyond.
    assertTrue(output.contains("limit: 65m"), output);
    assertEnd(ALL, output);
  }

  @Test
  void allOfTheSuiteRunsWhereThereIsTimeForIt() {
    settings.put("EBB_CI_MINUTES", "100");
    assertTrue(ci(20, 0).contains("ran: test-cluster\n"));
    assertFalse(ci(21, 0).contains("ran: test-cluster\n"));
  }

  @Test
  void aMachineThatCannotIsNoFailure() {
    settings.put("FAKE_LACKS", "no overlay\\n3.0 GB of memory are free");
    String output = ci(20, 0);
    assertTrue(output.contains("make test-cluster: not run, because no overlay; 3.0 GB of memory are free\n"), output);
    assertEnd(NO_CLUSTER, output);
  }

  @Test
  void tooLittleTimeForTheSuite() {
    String output = ci(51, 0);
    assertTrue(output.contains("not run, because it may take 25 minutes, and 24 of 75 are left\n"), output);
    assertEnd(NO_CLUSTER, output);
    assertTrue(ci(49, 0).contains("ran: test-cluster of those tagged short\n"));
  }

  /** A tag that no test has would let nothing run, which the suite takes for a failure. */
  @ParameterizedTest
  @CsvSource({"ci.sh, short", "test-cluster.sh, serving-old"})
  void tagsThatScriptsNameAreOnTests(String script, String tag) throws IOException {
    Path root = Workspace.target(".").resolve("../..").normalize();
    assertTrue(Files.readString(root.resolve("scripts").resolve(script)).contains("=" + tag + "\n"), script);
    try (Stream<Path> tests = Files.walk(root.resolve("integration-tests/src/test/java/dev/ebb/it/cluster"))) {
      List<Path> files = tests.filter(file -> file.toString().endsWith("Test.java")).toList();
      int tagged = 0;
      for (Path file : files) {
        tagged += Files.readString(file).contains("@Tag(\"" + tag + "\")") ? 1 : 0;
      }
      assertTrue(tagged > 0, tag + " is on none of " + files);
    }
  }

  @Test
  void toolsAreBuiltInTheTimeThatTheSuiteLeaves() {
    settings.put("FAKE_UNBUILT", "1");
    String output = ci(29, 0);
    assertTrue(output.contains("building its tools, for 21 minutes at most\nlimit: 21m\nran: fetch.sh\n"), output);
    assertTrue(output.contains("limit: 21m\nran: build.sh\n"), output);
    assertEnd(ALL, output);
    output = ci(31, 0);
    assertTrue(output.contains("its tools are not built, that may take 20 minutes, and 19 are left for it\n"), output);
    assertFalse(output.contains("ran: build.sh"), output);
    assertEnd(NO_CLUSTER, output);
  }

  @Test
  void timeThatRunsOutWhileToolsAreBuiltIsNoFailure() {
    settings.putAll(Map.of("FAKE_UNBUILT", "1", "FAKE_EXPIRED", "build.sh"));
    String output = ci(20, 0);
    assertTrue(output.contains("not run, because building its tools took longer than the 30 minutes"), output);
    assertEnd(NO_CLUSTER, output);
  }

  @Test
  void sourcesOutOfReachAreNoFailure() {
    settings.putAll(Map.of("FAKE_UNBUILT", "1", "FAKE_FETCH", "100"));
    assertTrue(ci(0, 0).contains("not run, because Debian's packages for it could not be fetched\n"));
    settings.putAll(Map.of("FAKE_FETCH", "0", "FAKE_BUILD", "3"));
    assertTrue(ci(0, 0).contains("not run, because a source of its tools could not be fetched\n"));
  }

  @Test
  void toolsThatDoNotBuildAreAFailure() {
    settings.putAll(Map.of("FAKE_UNBUILT", "1", "FAKE_BUILD", "1"));
    String output = ci(0, 1);
    assertTrue(output.contains("failed, because its tools could not be built\n"), output);
    assertFalse(output.contains("ran: test-cluster"), output);
    assertEnd(NO_CLUSTER, output);
  }

  @Test
  void aFailedClusterTestIsAFailure() {
    settings.put("FAKE_CLUSTER", "2");
    String output = ci(0, 1);
    assertTrue(output.contains("FAILED  A.broken\n"), output);
    assertEnd("11 passed, 1 failed, 0 skipped", output);
  }

  @Test
  void aSuiteThatDoesNotEndIsAFailureAndLeavesNoCluster() {
    settings.put("FAKE_EXPIRED", "test-cluster");
    String output = ci(0, 1);
    assertTrue(output.contains("ran: cluster down\nmake test-cluster: failed, because it had not ended after 85"),
        output);
    assertEnd(NO_CLUSTER, output);
  }

  @Test
  void noClusterAfterAFailedTest() {
    settings.put("FAKE_TEST", "2");
    String output = ci(0, 1);
    assertTrue(output.contains("make test-cluster: not run, because make test failed\n"), output);
    assertTrue(output.contains("make test-cuda: not run, because make test failed\n"), output);
    assertFalse(output.contains("ran: test-cuda"), output);
    assertEnd("7 passed, 1 failed, 0 skipped", output);
  }

  @Test
  void theCudaBackendIsBuiltWhereThereIsTime() {
    settings.put("FAKE_LACKS", "no overlay");
    String output = ci(59, 0);
    assertTrue(output.contains("only that the library builds, with 16 of 75 minutes left\nlimit: 26m\n"), output);
    assertTrue(output.contains("ran: test-cuda\n"), output);
    assertEnd(NO_CLUSTER, output);
    output = ci(61, 0);
    assertTrue(output.contains("building may take 15 minutes, and 14 of 75 are left\n"), output);
    assertEnd("8 passed, 0 failed, 0 skipped", output);
  }

  @Test
  void aCompilerThatCannotBeHadIsNoFailureButAFailedPartIs() {
    settings.put("FAKE_TOOLCHAIN", "1");
    String output = ci(0, 0);
    assertTrue(output.contains("make test-cuda: without nvcc, which is not installed"), output);
    assertEnd(ALL, output);
    settings.put("FAKE_CUDA", "1");
    output = ci(0, 1);
    assertTrue(output.contains("make test-cuda: failed, because of what is told above\n"), output);
    assertEnd("11 passed, 1 failed, 0 skipped", output);
  }

  @Test
  void missingProgramsAreInstalledByRootOnly() {
    settings.put("FAKE_PACKAGES", "nftables conntrack");
    assertTrue(ci(0, 0).contains("ran: apt-get install -y -qq --no-install-recommends nftables conntrack\n"));
    settings.put("FAKE_USER", "1000");
    assertFalse(ci(0, 0).contains("ran: apt-get"));
  }

  /** Runs it as if it had begun so many minutes ago. */
  private String ci(int minutesAgo, int status) {
    ProcessBuilder builder = new ProcessBuilder("bash", tree.resolve("scripts/ci.sh").toString());
    builder.environment().keySet().removeIf(name -> name.startsWith("EBB_"));
    builder.environment().putAll(settings);
    builder.environment().put("EBB_CI_STARTED", Long.toString(Instant.now().getEpochSecond() - minutesAgo * 60L));
    builder.environment().merge("PATH", tree.resolve("bin") + ":", (path, own) -> own + path);
    Command command = Command.run(60, builder);
    assertEquals(status, command.exitCode(), command.output());
    return command.output();
  }

  private static void assertEnd(String line, String output) {
    assertTrue(output.endsWith("\n" + line + "\n"), output);
  }

  private static void put(Path from, Path to) throws IOException {
    Files.copy(from, to);
    assertTrue(to.toFile().setExecutable(true));
  }
}

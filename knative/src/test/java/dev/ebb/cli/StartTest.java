package dev.ebb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a start of the command loads; each library costs every start of it time. */
class StartTest {
  private static String loadedBy(List<String> options, String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xlog:class+load", "-cp", System.getProperty("java.class.path")));
    words.addAll(options);
    words.add("dev.ebb.cli.Ebb");
    words.addAll(List.of(arguments));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  @Test
  void theKubernetesClientIsLoadedByTheCommandsOfAClusterAlone() throws Exception {
    String others = loadedBy(List.of(), "deploy", "--help");
    assertTrue(others.contains("dev.ebb.cli.DeployCommand"), "the commands were made");
    for (String library : List.of("io.fabric8", "org.bouncycastle", "dev.ebb.knative")) {
      assertFalse(others.contains(library + "."), library);
    }
    assertTrue(loadedBy(List.of(), "doctor", "--cluster", "--kubeconfig", "nowhere").contains("io.fabric8."));
  }

  @Test
  void asAPluginOfKnItIsCalledByTwoWords() throws Exception {
    assertTrue(loadedBy(List.of("-Debb.command=kn ebb"), "undeploy", "--help").contains("Usage: kn ebb undeploy"));
    assertTrue(loadedBy(List.of(), "undeploy", "--help").contains("Usage: ebb undeploy"));
  }

  @Test
  void clusterCommandsRefuseWhatMakesNoSense() {
    CommandRun undeploy = CommandRun.of(java.util.Map.of(), "undeploy");
    assertEquals(2, undeploy.status());
    assertTrue(undeploy.err().contains("give -f FILE, or --name NAME -n NAMESPACE, or --autoscaler"), undeploy.err());
    assertEquals(2, CommandRun.of(java.util.Map.of(), "deploy", "-f", "x", "--timeout", "soon").status());
    CommandRun status = CommandRun.of(java.util.Map.of(), "status", "--json");
    assertEquals(2, status.status());
    assertTrue(status.err().contains("add --cluster or -n NAMESPACE"), status.err());
    CommandRun doctor = CommandRun.of(java.util.Map.of(), "doctor", "-f", "x");
    assertEquals(2, doctor.status());
    assertEquals("ebb: -f is for a cluster; add --cluster\nsee: ebb doctor --help\n", doctor.err());
  }
}

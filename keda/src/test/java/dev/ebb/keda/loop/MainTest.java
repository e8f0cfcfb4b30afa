package dev.ebb.keda.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program as a process of its own. */
@EnableKubernetesMockClient(crud = true, https = false)
@Timeout(60)
class MainTest {
  KubernetesClient client;

  private Process start(String... flags) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp", System.getProperty("java.class.path"), "-Dkubernetes.master=" + client.getMasterUrl(),
        "-Dkubernetes.auth.tryKubeConfig=false", Main.class.getName()));
    command.addAll(List.of(flags));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Who holds the lease for how many seconds. */
  private String held() {
    Lease lease = client.leases().inNamespace("ns").withName("l").get();
    return lease == null ? "" : lease.getSpec().getHolderIdentity() + " " + lease.getSpec().getLeaseDurationSeconds();
  }

  @Test
  void sigtermEndsItCleanlyAndGivesTheLeaseBack() throws Exception {
    Process process = start("--namespace=ns", "--lease-namespace=ns", "--lease-name=l", "--identity=me",
        "--health-port=0");
    try {
      while (!held().equals("me 15")) {
        assertTrue(process.isAlive(), "it runs");
        Thread.sleep(50);
      }
      process.destroy();
      assertTrue(process.waitFor(20, TimeUnit.SECONDS), "it ends");
      assertEquals(0, process.exitValue(), "exit code");
      assertEquals("me 1", held(), "the client gives a lease back by shortening it to a second");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aBadFlagEndsItWithAWord() throws Exception {
    Process process = start("--namspace=ns");
    assertEquals("ebb-keda: --namspace is not known; did you mean --namespace?\n", output(process));
    assertEquals(2, process.waitFor());
  }
}

package dev.ebb.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The images as a node runs them, with runc for a node: after {@code make images}, as root. */
@Tag("slow")
class RunningImagesTest {
  private static final String QUESTION = """
      {"model": "m", "temperature": 0, "messages": [{"role": "user", "content": "What is the capital of France?"}]}""";

  @TempDir static Path work;

  @BeforeAll
  static void needed() {
    Machine.needRunc();
  }

  @Test
  void routerAndDecodeAnswerFromImages() throws Exception {
    Served decodePort = Served.atFreePort();
    Served routerPort = Served.atFreePort();
    String models = Machine.model().getParent() + ":ro";
    try (Container decode = start("decode", Fixtures.decode(decodePort, "/models"),
        Map.of("/models", models, Program.ARENA, Fixtures.arena(work)), decodePort);
        Container router = start("router", Fixtures.router(routerPort, decodePort, "/models"),
            Map.of("/models", models), routerPort)) {
      String answer = routerPort.post("/v1/chat/completions", QUESTION);
      assertTrue(answer.contains("Paris"), () -> answer);
      assertBatchAnswers(routerPort);
      assertConfined(decode.pid());
      assertConfined(router.pid());
      router.terminate();
      assertEquals(0, router.awaitEnd(30), router::logOrEmpty);
      decode.terminate();
      assertEquals(0, decode.awaitEnd(40), decode::logOrEmpty);
    }
  }

  /** The command says by itself whether it started: the start archive is demanded. */
  @Test
  void commandRunsFromItsImage() throws Exception {
    ImageFile image = ImageFile.open(Machine.archive("cli"), work);
    try (Container command = new Container(image, image.unpack(), List.of("version"), Map.of(), Map.of())) {
      assertEquals(0, command.awaitEnd(30), command::logOrEmpty);
      assertTrue(command.log().contains(image.config().at("/config/Labels/org.opencontainers.image.version").asText()),
          command::logOrEmpty);
    }
  }

  @Test
  void autoscalerStartsFromItsImageAndSaysThatThereIsNoCluster() throws Exception {
    ImageFile image = ImageFile.open(Machine.archive("autoscaler"), work);
    Map<String, String> nobody = Map.of("KUBERNETES_MASTER", "http://127.0.0.1:1",
        "KUBERNETES_REQUEST_RETRY_BACKOFFLIMIT", "0");
    try (Container reconciler = new Container(image, image.unpack(), List.of(), nobody, Map.of())) {
      assertEquals(1, reconciler.awaitEnd(60), reconciler::logOrEmpty);
      assertTrue(reconciler.log().contains("ebb-keda: "), reconciler::logOrEmpty);
    }
  }

  /** Where an nvcc was when the images were made the backend is inside, and finds that here is no driver. */
  @Test
  void decodeSaysWhyItCannotComputeOnAGpu() throws Exception {
    ImageFile image = ImageFile.open(Machine.archive("decode"), work);
    Path root = image.unpack();
    boolean inside = new String(Files.readAllBytes(root.resolve("app/native/libebb.so")), StandardCharsets.ISO_8859_1)
        .contains("rms_norm_kernel");
    Map<String, String> environment = new HashMap<>(Fixtures.decode(Served.atFreePort(), "/models"));
    environment.put("EBB_BACKEND", "cuda");
    Map<String, String> mounts = Map.of("/models", Machine.model().getParent() + ":ro", Program.ARENA,
        Fixtures.arena(Files.createDirectories(work.resolve("gpu"))));
    try (Container decode = new Container(image, root, List.of(), environment, mounts)) {
      assertTrue(decode.awaitEnd(60) != 0);
      assertTrue(decode.log().contains(inside ? "no device" : "no backend named 'cuda'"), decode::logOrEmpty);
    }
    assertTrue(image.texts("Env").containsAll(List.of("NVIDIA_DRIVER_CAPABILITIES=compute,utility",
        "LD_LIBRARY_PATH=/usr/local/nvidia/lib64")));
  }

  /** A start archive that is not valid must be told, not passed over. */
  @Test
  void changedJarIsRefused() throws Exception {
    Path own = Files.createDirectories(work.resolve("changed"));
    ImageFile image = ImageFile.open(Machine.archive("cli"), own);
    Path root = image.unpack();
    Path jar = Folders.jars(root.resolve("app")).getFirst();
    Files.setLastModifiedTime(jar, java.nio.file.attribute.FileTime.fromMillis(1_000_000));
    try (Container command = new Container(image, root, List.of("version"), Map.of(), Map.of())) {
      assertEquals(1, command.awaitEnd(30), command::logOrEmpty);
    }
  }

  /** With the event mounted as a JobSink does it. */
  private static void assertBatchAnswers(Served router) throws Exception {
    Path event = Files.createDirectories(work.resolve("jobsink-event"));
    Files.writeString(event.resolve("event"), """
        {"specversion": "1.0", "id": "e1", "source": "/test", "type": "dev.ebb.generate.requested", "data": %s}"""
        .formatted(QUESTION));
    ImageFile image = ImageFile.open(Machine.archive("batch"), work);
    Map<String, String> environment = Map.of("K_EVENT_PATH", "/etc/jobsink-event", "EBB_ROUTERS",
        "m=" + router.url());
    try (Container job = new Container(image, image.unpack(), List.of(), environment,
        Map.of("/etc/jobsink-event", event + ":ro"))) {
      assertEquals(0, job.awaitEnd(60), job::logOrEmpty);
      assertTrue(job.log().contains("Paris"), job::logOrEmpty);
    }
  }

  private static Container start(String name, Map<String, String> environment, Map<String, String> mounts,
      Served at) throws IOException, InterruptedException {
    ImageFile image = ImageFile.open(Machine.archive(name), work);
    Container container = new Container(image, image.unpack(), List.of(), environment, mounts);
    assertTrue(at.becomesReady(container::isAlive), container::logOrEmpty);
    return container;
  }

  /** As the kernel sees the first process of a container. */
  private static void assertConfined(long pid) throws IOException {
    Path proc = Path.of("/proc", Long.toString(pid));
    String status = Files.readString(proc.resolve("status"));
    for (String line : List.of("Uid:\t10001\t10001\t10001\t10001", "Gid:\t10001\t10001\t10001\t10001",
        "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "\t1\n")) {
      assertTrue(status.contains(line), status);
    }
    assertEquals(Path.of("/opt/java/bin/java"), Files.readSymbolicLink(proc.resolve("exe")));
    assertTrue(Files.readAllLines(proc.resolve("mountinfo")).stream().map(line -> line.split(" "))
        .anyMatch(mount -> mount[4].equals("/") && mount[5].startsWith("ro")), "the root can be written");
    assertTrue(Files.readString(proc.resolve("maps")).contains(StartArchive.PATH), "no start archive is mapped");
  }
}

package dev.ebb.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    long[] ms = new long[2];
    try (Container decode = start("decode", decode(decodePort, "/models"),
        Map.of("/models", models, Program.ARENA, arena().toString()), decodePort, ms, 0);
        Container router = start("router", router(routerPort, decodePort, "/models"), Map.of("/models", models),
            routerPort, ms, 1)) {
      String answer = routerPort.post("/v1/chat/completions", QUESTION);
      assertTrue(answer.contains("Paris"), () -> answer);
      assertConfined(decode.pid());
      assertConfined(router.pid());
      router.terminate();
      assertEquals(0, router.awaitEnd(30), router::logOrEmpty);
      decode.terminate();
      assertEquals(0, decode.awaitEnd(40), decode::logOrEmpty);
    }
    System.out.printf("exec to ready, ms: decode image %d, dist %d; router image %d, dist %d%n", ms[0],
        distDecode(), ms[1], distRouter());
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

  private static Container start(String name, Map<String, String> environment, Map<String, String> mounts,
      Served at, long[] ms, int index) throws IOException, InterruptedException {
    ImageFile image = ImageFile.open(Machine.archive(name), work);
    Path root = image.unpack();
    long began = System.nanoTime();
    Container container = new Container(image, root, List.of(), environment, mounts);
    assertTrue(at.becomesReady(container::isAlive), container::logOrEmpty);
    ms[index] = (System.nanoTime() - began) / 1_000_000;
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

  private static Path arena() throws IOException, InterruptedException {
    Path arena = Files.createTempDirectory(work, "arena");
    Exec.run(List.of("chown", Program.USER + ":" + Program.USER, arena.toString()));
    return arena;
  }

  private static Map<String, String> decode(Served at, String models) {
    return Map.of("PORT", Integer.toString(at.port()), "QUARKUS_HTTP_HOST", "127.0.0.1", "EBB_MODEL_ID", "m",
        "EBB_MODEL_PATH", models + "/" + Machine.model().getFileName(), "EBB_KV_TOKENS", "4096");
  }

  private static Map<String, String> router(Served at, Served decode, String models) {
    return Map.of("EBB_PORT", Integer.toString(at.port()), "EBB_HOST", "127.0.0.1", "EBB_MODEL_ID", "m",
        "EBB_MODEL_PATH", models + "/" + Machine.model().getFileName(), "EBB_KV_TOKENS", "4096", "EBB_PLATFORM",
        "static", "EBB_PREFILL_THRESHOLD_TOKENS", Integer.toString(Integer.MAX_VALUE), "EBB_DECODE_URL", decode.url(),
        "EBB_PREFILL_URL", decode.url());
  }

  private static long distDecode() throws IOException, InterruptedException {
    Served at = Served.atFreePort();
    Map<String, String> environment = new HashMap<>(decode(at, Machine.model().getParent().toString()));
    environment.put("EBB_ARENA_DIR", Files.createTempDirectory(work, "arena").toString());
    return dist("decode", List.of("-XX:+UseSerialGC", "-XX:AOTCache=app.aot"), environment, at);
  }

  private static long distRouter() throws IOException, InterruptedException {
    Served at = Served.atFreePort();
    return dist("router", List.of("-XX:TieredStopAtLevel=1"),
        router(at, Served.atFreePort(), Machine.model().getParent().toString()), at);
  }

  /** The same program out of dist/, with the JDK and outside of any container. */
  private static long dist(String name, List<String> options, Map<String, String> environment, Served at)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java",
        "--enable-native-access=ALL-UNNAMED"));
    command.addAll(options);
    command.addAll(List.of("-jar", "quarkus-run.jar"));
    ProcessBuilder builder = new ProcessBuilder(command).directory(Machine.DIST.resolve(name).toFile())
        .redirectErrorStream(true).redirectOutput(work.resolve("dist-" + name + ".log").toFile());
    builder.environment().putAll(environment);
    long began = System.nanoTime();
    Process process = builder.start();
    try {
      assertTrue(at.becomesReady(process::isAlive), "dist/" + name + " did not start");
      return (System.nanoTime() - began) / 1_000_000;
    } finally {
      process.destroy();
      process.waitFor();
    }
  }
}

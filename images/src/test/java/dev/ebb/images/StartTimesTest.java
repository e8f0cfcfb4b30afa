package dev.ebb.images;

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

/** Prints what a start costs, from an image and from dist/, in turns; no time is asserted. */
@Tag("slow")
class StartTimesTest {
  private static final int ROUNDS = 5;

  @TempDir static Path work;

  @BeforeAll
  static void needed() {
    Machine.needRunc();
  }

  @Test
  void fromImageAndFromDist() throws Exception {
    // Options of the launchers of the command ebb and of the router.
    print("decode", List.of("-XX:+UseSerialGC", "-XX:AOTCache=app.aot"), Fixtures::decode);
    print("router", List.of("-XX:TieredStopAtLevel=1"),
        (at, models) -> Fixtures.router(at, new Served(1), models));
  }

  private interface Settings {
    Map<String, String> of(Served at, String models);
  }

  private static void print(String name, List<String> options, Settings settings) throws Exception {
    ImageFile image = ImageFile.open(Machine.archive(name), work);
    Path root = image.unpack();
    List<Long> fromImage = new ArrayList<>();
    List<Long> fromDist = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      fromDist.add(dist(name, options, settings));
      fromImage.add(image(image, root, settings));
    }
    System.out.printf("exec to ready of %s, ms, median of %d: image under runc %d %s, dist %d %s%n", name, ROUNDS,
        median(fromImage), fromImage, median(fromDist), fromDist);
  }

  private static long median(List<Long> times) {
    return times.stream().sorted().toList().get(times.size() / 2);
  }

  private static long image(ImageFile image, Path root, Settings settings) throws IOException, InterruptedException {
    Served at = Served.atFreePort();
    Map<String, String> mounts = Map.of("/models", Machine.model().getParent() + ":ro", Program.ARENA,
        Fixtures.arena(work));
    long began = System.nanoTime();
    try (Container container = new Container(image, root, List.of(), settings.of(at, "/models"), mounts)) {
      assertTrue(at.becomesReady(container::isAlive), container::logOrEmpty);
      return (System.nanoTime() - began) / 1_000_000;
    }
  }

  /** The same program with the JDK and outside of any container. */
  private static long dist(String name, List<String> options, Settings settings)
      throws IOException, InterruptedException {
    Served at = Served.atFreePort();
    List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java",
        "--enable-native-access=ALL-UNNAMED"));
    command.addAll(options);
    command.addAll(List.of("-jar", "quarkus-run.jar"));
    ProcessBuilder builder = new ProcessBuilder(command).directory(Machine.DIST.resolve(name).toFile())
        .redirectErrorStream(true).redirectOutput(work.resolve("dist-" + name + ".log").toFile());
    Map<String, String> environment = new HashMap<>(settings.of(at, Machine.model().getParent().toString()));
    environment.put("EBB_ARENA_DIR", Files.createTempDirectory(work, "arena").toString());
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

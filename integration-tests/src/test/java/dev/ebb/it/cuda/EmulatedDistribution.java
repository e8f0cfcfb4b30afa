package dev.ebb.it.cuda;

import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The distribution with one provider more, {@code cuda-emulated}, which belongs to the tests and is never shipped: its
 * class goes into the jars of the native core. All else is the distribution's own, linked.
 */
final class EmulatedDistribution {
  private static final List<String> PARTS = List.of("bin", "cli", "router", "prefill", "decode");
  private static final String PROVIDER = "dev/ebb/nativecore/CudaEmulatedBackendProvider.class";
  private static final String SERVICES = "META-INF/services/dev.ebb.engine.backend.BackendProvider";

  private EmulatedDistribution() {}

  /** Makes it anew under {@code target/} and gives its folder. */
  static Path make() {
    try {
      Path from = Workspace.distribution().toRealPath();
      Path to = Workspace.target("dist-emulated");
      clear(to);
      for (String part : PARTS) {
        link(from, from.resolve(part), to);
      }
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void clear(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void link(Path root, Path part, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(part)) {
      for (Path file : files.toList()) {
        Path twin = to.resolve(root.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(twin);
        } else if (file.getFileName().toString().matches(".*ebb-native-.*\\.jar")) {
          addProvider(Files.copy(file, twin, StandardCopyOption.COPY_ATTRIBUTES));
        } else if (!file.endsWith("app.aot")) {
          // An archive is made for jars of one size and time, which one of these no longer has.
          Files.createLink(twin, file);
        }
      }
    }
  }

  private static void addProvider(Path jar) throws IOException {
    Path classes = Workspace.module("native").resolve("target/test-classes");
    try (FileSystem inside = FileSystems.newFileSystem(jar)) {
      Files.copy(classes.resolve(PROVIDER), inside.getPath(PROVIDER));
      Files.writeString(inside.getPath(SERVICES), "\n" + Files.readString(classes.resolve(SERVICES)),
          StandardOpenOption.APPEND);
    }
  }
}

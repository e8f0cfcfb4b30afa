package dev.ebb.images;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The files of a program: its jars, and the native core beside them, so that none is unpacked at a start. */
final class AppFiles {
  static final String LIBRARY = Program.APP + "/native/libebb.so";
  private static final String IN_JAR = "native/linux-x86_64/libebb.so";

  private AppFiles() {}

  /** Fills {@code to}, which becomes {@link Program#APP}. */
  static void make(Program program, Options options, Path to) throws IOException {
    Folders.fresh(to);
    switch (program.source()) {
      case Program.Source.Quarkus(String folder) -> {
        Path from = need(options.root().resolve(folder));
        Folders.copyAll(from, to);
        // Made with another JVM for another path.
        Files.deleteIfExists(to.resolve("app.aot"));
      }
      case Program.Source.Module(String folder, String artifact) -> {
        Path target = need(options.root().resolve(folder).resolve("target"));
        List<Path> jars = new ArrayList<>(
            List.of(need(target.resolve(artifact + "-" + options.version() + ".jar"))));
        jars.addAll(Folders.jars(need(target.resolve("lib"))));
        for (Path jar : jars) {
          Folders.copy(jar, to.resolve(jar.getFileName()));
        }
        // In this order and by name: a wildcard follows the order of the folder, which differs by machine.
        Folders.write(to.resolve("class-path"), "-cp\n" + jars.stream()
            .map(jar -> Program.APP + "/" + jar.getFileName()).collect(Collectors.joining(":")) + "\n");
      }
    }
    library(to);
    Folders.settle(to);
  }

  private static Path need(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new IOException(path + " is missing; run make images, which builds it");
    }
    return path;
  }

  private static void library(Path app) throws IOException {
    for (Path jar : Folders.jars(app)) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        ZipEntry entry = zip.getEntry(IN_JAR);
        if (entry != null) {
          Files.createDirectories(app.resolve("native"));
          try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, app.resolve("native/libebb.so"));
          }
        }
      }
    }
  }
}

package dev.ebb.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** The Java runtime of all images: the modules that their jars use, linked from the JDK that runs this build. */
final class JavaRuntime {
  private static final Path JDK = Path.of(System.getProperty("java.home"));
  /** What jdeps cannot see: found by name at run time. */
  private static final List<String> ALSO =
      List.of("java.management", "java.naming", "jdk.crypto.ec", "jdk.management", "jdk.unsupported", "jdk.zipfs");
  /** What only development modes, debuggers and agents of the libraries refer to. */
  private static final List<String> NOT = List.of("jdk.attach", "jdk.compiler", "jdk.jdi", "java.rmi");
  /** Parts of java.desktop, which is needed for its beans, that want a screen or a sound card. */
  private static final List<String> SCREEN =
      List.of("libawt_xawt.so", "libjawt.so", "libjsound.so", "libsplashscreen.so");

  private JavaRuntime() {}

  /** Links a runtime for these jars into {@code to}; the names of its modules. */
  static Set<String> link(List<Path> jars, Path work, Path to) throws IOException, InterruptedException {
    Path merged = work.resolve("classes.jar");
    merge(jars, merged);
    Set<String> modules = modules(merged);
    Files.delete(merged);
    Folders.delete(to);
    Exec.run(List.of(JDK.resolve("bin/jlink").toString(), "--add-modules", String.join(",", modules),
        "--strip-native-commands", "--no-header-files", "--no-man-pages", "--output", to.toString()));
    // The launcher alone of all commands is wanted.
    Folders.copy(JDK.resolve("bin/java"), to.resolve("bin/java"));
    for (String library : SCREEN) {
      Files.deleteIfExists(to.resolve("lib").resolve(library));
    }
    // Links would be followed into a layer, which makes of each licence a copy a module.
    unlink(to.resolve("legal"));
    Folders.settle(to);
    return modules;
  }

  private static Set<String> modules(Path jar) throws IOException, InterruptedException {
    String list = Exec.run(List.of(JDK.resolve("bin/jdeps").toString(), "--print-module-deps",
        "--ignore-missing-deps", "--multi-release", Integer.toString(Runtime.version().feature()), jar.toString()));
    Set<String> modules = new TreeSet<>(List.of(list.strip().split(",")));
    NOT.forEach(modules::remove);
    modules.addAll(ALSO);
    return modules;
  }

  /** One jar of all classes and no module, since jdeps resolves modules among its jars and misses optional ones. */
  private static void merge(List<Path> jars, Path to) throws IOException {
    Set<String> names = new HashSet<>();
    try (OutputStream file = Files.newOutputStream(to); ZipOutputStream out = new ZipOutputStream(file)) {
      out.setLevel(java.util.zip.Deflater.BEST_SPEED);
      for (Path jar : jars) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
          copy(zip, names, out);
        }
      }
    }
  }

  private static void copy(ZipFile zip, Set<String> names, ZipOutputStream out) throws IOException {
    for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements();) {
      ZipEntry entry = all.nextElement();
      String name = entry.getName();
      boolean plain = name.endsWith(".class") && !name.startsWith("META-INF/") && !name.endsWith("module-info.class");
      if (plain && names.add(name)) {
        out.putNextEntry(new ZipEntry(name));
        try (InputStream in = zip.getInputStream(entry)) {
          in.transferTo(out);
        }
        out.closeEntry();
      }
    }
  }

  private static void unlink(Path legal) throws IOException {
    for (Path path : Folders.below(legal)) {
      if (Files.isSymbolicLink(path)) {
        Files.delete(path);
      }
    }
  }
}

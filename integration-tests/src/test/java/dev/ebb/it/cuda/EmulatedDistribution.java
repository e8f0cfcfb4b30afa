package dev.ebb.it.cuda;

import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.ConstantInstruction;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The distribution with {@code cuda-emulated} for {@code cuda}: the provider of that backend asks the native library
 * for the emulator, which belongs to the tests and is never shipped. All else is the distribution's own, linked. (A
 * provider more would not be found: Quarkus writes the list of them down when it builds a function.)
 */
final class EmulatedDistribution {
  private static final List<String> PARTS = List.of("bin", "cli", "router", "prefill", "decode");
  private static final String PROVIDER = "dev/ebb/nativecore/CudaBackendProvider.class";

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
          emulate(Files.copy(file, twin, StandardCopyOption.COPY_ATTRIBUTES));
        } else if (!file.endsWith("app.aot")) {
          // An archive is made for jars of one size and time, which one of these no longer has.
          Files.createLink(twin, file);
        }
      }
    }
  }

  private static void emulate(Path jar) throws IOException {
    try (FileSystem inside = FileSystems.newFileSystem(jar)) {
      Path provider = inside.getPath(PROVIDER);
      Files.write(provider, renamed(Files.readAllBytes(provider)));
    }
  }

  /** The class with another backend's name in it. */
  private static byte[] renamed(byte[] bytes) {
    CodeTransform rename = (code, element) -> {
      if (element instanceof ConstantInstruction constant && "cuda".equals(constant.constantValue())) {
        code.loadConstant("cuda-emulated");
      } else {
        code.with(element);
      }
    };
    return ClassFile.of().transformClass(ClassFile.of().parse(bytes), ClassTransform.transformingMethodBodies(rename));
  }
}

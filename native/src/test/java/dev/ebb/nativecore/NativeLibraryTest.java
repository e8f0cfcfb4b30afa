package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BackendException.Reason;
import dev.ebb.engine.backend.BackendProvider;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the library comes from, and what is said when it cannot come. */
class NativeLibraryTest {
  @TempDir Path folder;

  @Test
  void theCopyIsTheOneInTheJar() throws IOException {
    LibraryCache cache = new LibraryCache(folder.resolve("not/yet/there"));
    Path library = cache.extract(NativeLibrary.platform());
    try (InputStream in =
        getClass().getResourceAsStream("/native/" + NativeLibrary.platform() + "/libebb.so")) {
      assertArrayEquals(in.readAllBytes(), Files.readAllBytes(library));
    }
    Object written = Files.getLastModifiedTime(library);
    assertEquals(library, cache.extract(NativeLibrary.platform()));
    assertEquals(written, Files.getLastModifiedTime(library), "a second start copies nothing");
    try (var files = Files.list(cache.folder())) {
      assertEquals(1, files.count(), "no half-written file is left");
    }
  }

  @Test
  void anotherPlatformIsNamed() {
    BackendException e =
        assertThrows(
            BackendException.class, () -> new LibraryCache(folder).extract("linux-s390x"));
    assertEquals(Reason.UNSUPPORTED, e.reason());
    assertTrue(e.getMessage().contains("linux-s390x"), e.getMessage());
    assertTrue(e.getMessage().contains("EBB_NATIVE_LIBRARY"), e.getMessage());
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    BackendException e =
        assertThrows(
            BackendException.class,
            () -> new LibraryCache(file.resolve("native")).extract(NativeLibrary.platform()));
    assertTrue(e.getMessage().contains("EBB_HOME"), e.getMessage());
  }

  @Test
  void aMissingNamedLibraryIsUnavailableNotACrash() throws Exception {
    assertTrue(
        run(Map.of("EBB_NATIVE_LIBRARY", "/nowhere/libebb.so")).contains("/nowhere/libebb.so"));
  }

  @Test
  void aFileOfAnotherKindIsUnavailableNotACrash() throws Exception {
    Path text = Files.writeString(folder.resolve("libebb.so"), "not a library");
    String output = run(Map.of("EBB_NATIVE_LIBRARY", text.toString()));
    assertTrue(output.contains("cannot load " + text), output);
    assertTrue(output.contains("architecture"), output);
  }

  @Test
  void theHomeFolderHoldsTheCopy() throws Exception {
    assertTrue(run(Map.of("EBB_HOME", folder.toString())).startsWith("true reference"));
    try (var files = Files.list(folder.resolve("native"))) {
      assertEquals(1, files.filter(file -> file.toString().endsWith(".so")).count());
    }
  }

  /** Test runners and dev modes load the program again in one process, by another class loader. */
  @Test
  void aSecondClassLoaderGetsTheLibraryToo() throws Exception {
    assertTrue(new ReferenceBackendProvider().availability().available());
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    ClassLoader platform = ClassLoader.getPlatformClassLoader();
    try (var loader = new URLClassLoader(urls.toArray(URL[]::new), platform)) {
      Class<?> again = loader.loadClass(ReferenceBackendProvider.class.getName());
      assertNotSame(ReferenceBackendProvider.class, again);
      Object provider = again.getConstructor().newInstance();
      Class<?> contract = loader.loadClass(BackendProvider.class.getName());
      Object availability = contract.getMethod("availability").invoke(provider);
      assertTrue(availability.toString().contains("available=true"), availability.toString());
    }
  }

  /** What a fresh virtual machine says about the reference backend in that environment. */
  private String run(Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                AvailabilityPrinter.class.getName()));
    builder.environment().remove("EBB_NATIVE_LIBRARY");
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), output);
    return output;
  }

  /** Prints whether the reference backend is available, and its description. */
  public static final class AvailabilityPrinter {
    private AvailabilityPrinter() {}

    public static void main(String[] arguments) {
      var availability = new ReferenceBackendProvider().availability();
      System.out.println(availability.available() + " " + availability.description());
    }
  }
}

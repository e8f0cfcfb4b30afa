package dev.ebb.nativecore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The folder to which the library inside the jar is copied, because the dynamic linker needs a file.
 * The file name carries the content's digest, so that versions live side by side and a later start
 * finds its copy without reading the jar's.
 *
 * @param folder made on first use, for the user alone
 */
record LibraryCache(Path folder) {

  /** {@code $EBB_HOME/native}, or {@code ebb/native} in the user's XDG cache folder. */
  static LibraryCache ofUser() {
    String home = System.getenv("EBB_HOME");
    if (home != null && !home.isBlank()) {
      return new LibraryCache(Path.of(home, "native"));
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path cache =
        xdg != null && Path.of(xdg).isAbsolute()
            ? Path.of(xdg)
            : Path.of(System.getProperty("user.home"), ".cache");
    return new LibraryCache(cache.resolve("ebb").resolve("native"));
  }

  /**
   * Path of the platform's library, copied when it is not there yet.
   *
   * @throws dev.ebb.engine.backend.BackendException with UNSUPPORTED when the jar has none for the
   *     platform, or the folder cannot be written
   */
  Path extract(String platform) {
    String resource = "/native/" + platform + "/libebb.so";
    String digest = new String(read(resource + ".sha256", platform), StandardCharsets.US_ASCII).strip();
    Path library = folder.resolve("libebb-" + digest + ".so");
    if (!Files.isRegularFile(library)) {
      write(library, read(resource, platform));
    }
    return library.toAbsolutePath();
  }

  private static byte[] read(String resource, String platform) {
    try (InputStream in = LibraryCache.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw NativeLibrary.unsupported(
            "there is no native library for " + platform + " in this build: run on linux-x86_64, or"
                + " build it here (make native) and name it in " + NativeLibrary.PATH_VARIABLE);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw NativeLibrary.unsupported("cannot read " + resource + " from the program: " + e);
    }
  }

  /** Writes beside and renames, so that no process ever loads half a file. */
  private void write(Path library, byte[] content) {
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path part = Files.createTempFile(folder, "libebb-", ".part");
      try {
        Files.write(part, content);
        Files.move(part, library, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw NativeLibrary.unsupported(
          "cannot copy the native library to " + folder + ": " + e
              + ". Set EBB_HOME to a folder that can be written");
    }
  }
}

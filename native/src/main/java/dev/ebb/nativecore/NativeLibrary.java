package dev.ebb.nativecore;

import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BackendException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Finds and loads {@code libebb.so}, once: the file that system property {@value #PATH_PROPERTY} or
 * environment variable {@value #PATH_VARIABLE} names, or else the one inside this jar, copied to the
 * user's cache.
 */
final class NativeLibrary {
  static final String PATH_PROPERTY = "ebb.native.library";
  static final String PATH_VARIABLE = "EBB_NATIVE_LIBRARY";

  private static boolean loaded;
  private static BackendException failure;

  private NativeLibrary() {}

  /**
   * Loads the library unless that is done already.
   *
   * @throws BackendException with UNSUPPORTED, saying what is missing and what to do; the same one
   *     each time, because a library that failed to load does not get better
   */
  static synchronized void load() {
    if (failure != null) {
      throw failure;
    }
    if (!loaded) {
      try {
        load(find());
        loaded = true;
      } catch (BackendException e) {
        failure = e;
        throw e;
      }
    }
  }

  private static Path find() {
    String named = System.getProperty(PATH_PROPERTY, System.getenv(PATH_VARIABLE));
    if (named == null || named.isBlank()) {
      return LibraryCache.ofUser().extract(platform());
    }
    Path path = Path.of(named);
    if (!Files.isReadable(path)) {
      throw unsupported(PATH_VARIABLE + " names " + path + ", which cannot be read");
    }
    return path.toAbsolutePath();
  }

  /** Folder of this machine's library inside the jar, such as {@code linux-x86_64}. */
  static String platform() {
    String arch = System.getProperty("os.arch");
    return System.getProperty("os.name").toLowerCase(Locale.ROOT)
        + "-"
        + (arch.equals("amd64") ? "x86_64" : arch);
  }

  private static void load(Path library) {
    try {
      loadHere(library);
      int version = NativeBindings.abiVersion();
      if (version != NativeBindings.ABI_VERSION) {
        throw unsupported(
            library + " has table version " + version + ", but this program needs "
                + NativeBindings.ABI_VERSION + ": build both from the same sources");
      }
    } catch (UnsatisfiedLinkError e) {
      throw unsupported(
          "cannot load " + library + " on " + platform() + ": " + e.getMessage()
              + ". It must be built for this architecture and lie on a file system that allows"
              + " execution; " + PATH_VARIABLE + " can name another one");
    }
  }

  /**
   * Loads the file. The virtual machine binds a library file to one class loader for ever, so a
   * program that is loaded anew within a process (as test runners and dev modes do) needs a copy.
   */
  private static void loadHere(Path library) {
    try {
      System.load(library.toString());
    } catch (UnsatisfiedLinkError e) {
      if (e.getMessage() == null || !e.getMessage().contains("already loaded in another")) {
        throw e;
      }
      loadCopy(library);
    }
  }

  private static void loadCopy(Path library) {
    Path copy = null;
    try {
      copy = Files.createTempFile("libebb-", ".so");
      Files.write(copy, Files.readAllBytes(library));
      System.load(copy.toString());
    } catch (IOException e) {
      throw unsupported("cannot copy " + library + " to a temporary file: " + e);
    } finally {
      delete(copy);
    }
  }

  /** Once it is mapped the copy needs no name any more. */
  private static void delete(Path copy) {
    if (copy == null) {
      return;
    }
    try {
      Files.deleteIfExists(copy);
    } catch (IOException e) {
      copy.toFile().deleteOnExit();
    }
  }

  static BackendException unsupported(String message) {
    return new BackendException(Reason.UNSUPPORTED, message);
  }
}

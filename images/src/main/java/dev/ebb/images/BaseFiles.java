package dev.ebb.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The root file system below the Java runtime. Its shared objects are copied from this system and not out of
 * downloaded packages: the native core was linked against these very files, and no network is needed.
 */
final class BaseFiles {
  private static final Path LOCALE = Path.of("/usr/lib/locale/C.utf8");
  private static final String USER = "ebb:x:" + Program.USER + ":" + Program.USER + "::/tmp:/usr/sbin/nologin\n";
  /** Mounted over, or written by the user. Runtimes cannot make them in a read-only root. */
  private static final List<String> FOLDERS =
      List.of("proc", "dev", "sys", "tmp", "models", "run", Program.ARENA.substring(1));

  private BaseFiles() {}

  /** Fills {@code to}; the packages that the files come from. */
  static Collection<DebianPackages.Package> make(Path java, Path library, Path to)
      throws IOException, InterruptedException {
    Folders.fresh(to);
    Set<String> files = new TreeSet<>(SharedObjects.neededBy(binaries(java, library), java.toRealPath()));
    // By it scanners know whose packages these are.
    files.add(OsRelease.FILE.toString());
    for (Path path : Folders.below(LOCALE)) {
      if (Files.isRegularFile(path)) {
        files.add(path.toString());
      }
    }
    for (String file : files) {
      Folders.copy(Path.of(file).toRealPath(), to.resolve(file.substring(1)));
    }
    Collection<DebianPackages.Package> packages = DebianPackages.of(files).values();
    for (DebianPackages.Package one : packages) {
      Folders.copy(DebianPackages.copyright(one), to.resolve("usr/share/doc/" + one.name() + "/copyright"));
    }
    accounts(to.resolve("etc"));
    for (String folder : FOLDERS) {
      Files.createDirectories(to.resolve(folder));
    }
    Folders.settle(to);
    return packages;
  }

  private static List<Path> binaries(Path java, Path library) throws IOException {
    List<Path> binaries = new ArrayList<>(List.of(java.toRealPath().resolve("bin/java"), library));
    Folders.below(java.toRealPath().resolve("lib")).stream().filter(path -> path.toString().endsWith(".so"))
        .forEach(binaries::add);
    return binaries;
  }

  private static void accounts(Path etc) throws IOException {
    Folders.write(etc.resolve("passwd"), "root:x:0:0:root:/:/usr/sbin/nologin\n" + USER);
    Folders.write(etc.resolve("group"), "root:x:0:\nebb:x:" + Program.USER + ":\n");
    Folders.write(etc.resolve("nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n");
  }
}

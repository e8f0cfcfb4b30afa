package dev.ebb.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Whose the files of this system are. */
final class DebianPackages {
  /** One package. */
  record Package(String name, String version, String architecture) {}

  private DebianPackages() {}

  /**
   * The packages that {@code files} belong to, by name.
   *
   * @throws IOException naming a file that belongs to none
   */
  static SortedMap<String, Package> of(Collection<String> files) throws IOException, InterruptedException {
    SortedMap<String, Package> packages = new TreeMap<>();
    for (String file : files) {
      String name = owner(file);
      if (!packages.containsKey(name)) {
        String[] words = Exec.run(List.of("dpkg-query", "-W", "-f", "${Version} ${Architecture}", name)).split(" ");
        packages.put(name, new Package(name, words[0], words[1]));
      }
    }
    return packages;
  }

  /** The database has the path of before or after the merge of /lib into /usr/lib. */
  private static String owner(String file) throws IOException, InterruptedException {
    Path real = Path.of(file).toRealPath();
    List<String> names = List.of(file, real.toString(), real.toString().replaceFirst("^/usr/", "/"), "/usr" + file);
    for (String name : names) {
      Process query = new ProcessBuilder("dpkg-query", "-S", name).redirectErrorStream(true).start();
      String answer = new String(query.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      if (query.waitFor() == 0) {
        return answer.substring(0, answer.indexOf(": ")).replaceFirst(":.*", "");
      }
    }
    throw new IOException("no Debian package owns " + file + "; images are built on Debian or Ubuntu from packages");
  }

  /** The licence texts of a package. */
  static Path copyright(Package one) throws IOException {
    Path file = Path.of("/usr/share/doc", one.name(), "copyright");
    if (!Files.exists(file)) {
      throw new IOException(file + " is missing; the licence must go into the image: reinstall " + one.name());
    }
    return file.toRealPath();
  }
}

package dev.ebb.images;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The shared objects of this system that programs and libraries need, as its loader tells. */
final class SharedObjects {
  private static final Pattern FOUND = Pattern.compile("^\\s*(?:\\S+ => )?(/\\S+) \\(0x[0-9a-f]+\\)$");
  private static final Pattern MISSING = Pattern.compile("^\\s*(\\S+) => not found$");

  private SharedObjects() {}

  /**
   * Paths, as the loader looks for them, of all that {@code files} need outside the folder {@code own}.
   *
   * @throws IOException naming a library that is missing on this system
   */
  static Set<String> neededBy(List<Path> files, Path own) throws IOException, InterruptedException {
    Set<String> needed = new TreeSet<>();
    for (Path file : files) {
      String text = Exec.run(List.of("ldd", file.toString()), java.util.Map.of("PATH", System.getenv("PATH"),
          // The virtual machine is loaded before the libraries that refer to it.
          "LD_LIBRARY_PATH", own.resolve("lib/server").toString()), 0);
      needed.addAll(found(text, file).filter(path -> !Path.of(path).startsWith(own)).toList());
    }
    return needed;
  }

  /** Reads what {@code ldd} wrote about {@code file}. */
  static Stream<String> found(String text, Path file) throws IOException {
    for (String line : text.lines().toList()) {
      Matcher missing = MISSING.matcher(line);
      if (missing.matches()) {
        throw new IOException(file + " needs " + missing.group(1) + ", which is not on this system: install it");
      }
    }
    return text.lines().map(FOUND::matcher).filter(Matcher::matches).map(line -> line.group(1));
  }
}

package dev.ebb.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Maven's coordinates of jars, by file name, out of the list that the build of a program leaves. */
record Coordinates(String group, String artifact, String version) {
  /** A line of quarkus-app-dependencies.txt: group, artifact, classifier or nothing, version. */
  private static final Pattern QUARKUS = Pattern.compile("([^:]+):([^:]+):([^:]*):jar:([^:]+)");
  /** A line of dependency:list: group, artifact, classifier if any, version. */
  private static final Pattern LISTED =
      Pattern.compile("([^:]+):([^:]+):jar:(?:([^:]+):)?([^:]+):(?:compile|runtime)(?: -- .*)?");
  /** What Quarkus makes at the build. */
  private static final Set<String> MADE =
      Set.of("quarkus-run.jar", "generated-bytecode.jar", "transformed-bytecode.jar");
  private static final String OWN = "dev.ebb";

  /** The coordinates of a list's jars by the file names that Quarkus and Maven give them. */
  static Map<String, Coordinates> read(Path list) throws IOException {
    Map<String, Coordinates> all = new HashMap<>();
    for (String line : Files.readAllLines(list)) {
      Matcher quarkus = QUARKUS.matcher(line.strip());
      Matcher listed = LISTED.matcher(line.strip());
      if (quarkus.matches()) {
        Coordinates one = of(quarkus);
        String classifier = quarkus.group(3).isEmpty() ? "" : quarkus.group(3) + "-";
        all.put(one.group + "." + one.artifact + "-" + classifier + one.version + ".jar", one);
      } else if (listed.matches()) {
        Coordinates one = of(listed);
        String classifier = listed.group(3) == null ? "" : "-" + listed.group(3);
        all.put(one.artifact + "-" + one.version + classifier + ".jar", one);
      }
    }
    return all;
  }

  private static Coordinates of(Matcher parts) {
    return new Coordinates(parts.group(1), parts.group(2), parts.group(4));
  }

  /**
   * Those of one jar.
   *
   * @throws IOException when it is neither in the list nor of this build
   */
  static Coordinates of(Path jar, Map<String, Coordinates> list, String version) throws IOException {
    String name = jar.getFileName().toString();
    Coordinates listed = list.get(name);
    if (listed != null) {
      return listed;
    }
    if (MADE.contains(name) || name.startsWith("ebb-") && name.endsWith("-" + version + ".jar")) {
      return new Coordinates(OWN, name.replace("-" + version + ".jar", "").replace(".jar", ""), version);
    }
    throw new IOException(jar + " is in no list of dependencies: clean and build anew");
  }

  /** As a package URL names it. */
  String url() {
    return "pkg:maven/" + group + "/" + artifact + "@" + version + "?type=jar";
  }
}

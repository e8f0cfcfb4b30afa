package dev.ebb.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Maven's coordinates of jars, by file name, out of the list that the build of a program leaves. */
record Coordinates(String group, String artifact, String version) {
  /** Lines of quarkus-app-dependencies.txt (classifier before the type) and of dependency:list (after it). */
  private static final Pattern LINE = Pattern.compile(
      "\\s*([\\w.-]+):([\\w.-]+):(?:([\\w.-]*):)?jar:(?:([\\w.-]+):)?([\\w.-]+?)(?::(?:compile|runtime))?(?: -- .*)?");
  /** What Quarkus makes at the build. */
  private static final Set<String> MADE =
      Set.of("quarkus-run.jar", "generated-bytecode.jar", "transformed-bytecode.jar");
  private static final String OWN = "dev.ebb";

  /** The coordinates of a list's jars under both names that they may have, with and without the group. */
  static Map<String, Coordinates> read(Path list) throws IOException {
    Map<String, Coordinates> all = new HashMap<>();
    for (String line : Files.readAllLines(list)) {
      Matcher parts = LINE.matcher(line);
      if (parts.matches()) {
        String group = parts.group(1);
        String artifact = parts.group(2);
        String version = parts.group(5);
        String quarkusClassifier = parts.group(3) == null || parts.group(3).isEmpty() ? "" : parts.group(3) + "-";
        String classifier = parts.group(4) == null ? "" : "-" + parts.group(4);
        Coordinates one = new Coordinates(group, artifact, version);
        all.put(group + "." + artifact + "-" + quarkusClassifier + version + ".jar", one);
        all.put(artifact + "-" + version + classifier + ".jar", one);
      }
    }
    return all;
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
    throw new IOException(jar + " is in no list of dependencies; build the program anew: " + List.copyOf(MADE));
  }

  /** As a package URL names it. */
  String url() {
    return "pkg:maven/" + group + "/" + artifact + "@" + version + "?type=jar";
  }
}

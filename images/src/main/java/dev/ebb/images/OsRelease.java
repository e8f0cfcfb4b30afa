package dev.ebb.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which distribution this system is, as its {@code os-release} says. Scanners look the packages up by it: in the image
 * by the file, in the bill of materials by the packages' addresses.
 *
 * @param id such as {@code debian} or {@code ubuntu}
 * @param version such as 12 or 24.04; empty where there is none, as in what Debian has not released yet
 */
record OsRelease(String id, String version) {
  static final Path FILE = Path.of("/etc/os-release");

  /** Of this system. */
  static OsRelease here() throws IOException {
    return of(Files.readString(FILE));
  }

  /**
   * Reads the text of such a file: a variable a line, its value perhaps in quotes.
   *
   * @throws IOException when it names no distribution
   */
  static OsRelease of(String text) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    text.lines().map(line -> line.strip().split("=", 2)).filter(pair -> pair.length == 2)
        .forEach(pair -> values.put(pair[0], bare(pair[1])));
    String id = values.getOrDefault("ID", "");
    if (id.isEmpty()) {
      throw new IOException(FILE + " has no ID; images are built on Debian or Ubuntu, whose packages have one");
    }
    return new OsRelease(id, values.getOrDefault("VERSION_ID", ""));
  }

  /** The address of a package by the rules of package URLs. */
  String url(DebianPackages.Package one) {
    String encoded = one.version().replace("+", "%2B").replace(":", "%3A");
    return "pkg:deb/" + id + "/" + one.name().replace("+", "%2B") + "@" + encoded + "?arch=" + one.architecture()
        + (version.isEmpty() ? "" : "&distro=" + id + "-" + version);
  }

  private static String bare(String value) {
    boolean quoted = value.length() > 1 && (value.startsWith("\"") || value.startsWith("'"))
        && value.endsWith(value.substring(0, 1));
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}

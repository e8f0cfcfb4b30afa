package dev.ebb.images;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What is built, from where and to where.
 *
 * @param root of the repository, which was built
 * @param out folder of the archives
 * @param work folder for what lies between
 * @param prefix before {@code ebb-NAME} in an image's name; Knative resolves no tags of {@code dev.local/}
 * @param tag after the colon
 * @param version of Ebb
 * @param revision of the sources, for the label
 * @param created time of the sources, for the label; the time of the build would make each build another image
 * @param only names of the images to build
 */
record Options(Path root, Path out, Path work, String prefix, String tag, String version, String revision,
    Instant created, List<String> only) {
  private static final List<String> NAMES =
      List.of("root", "out", "work", "prefix", "tag", "revision", "created", "only");

  /**
   * Reads {@code --name=value} flags.
   *
   * @throws IllegalArgumentException naming the flag that cannot stand and the mend
   */
  static Options of(String... arguments) {
    Map<String, String> given = flags(arguments);
    String version = ownVersion();
    Path root = Path.of(given.getOrDefault("root", "")).toAbsolutePath().normalize();
    String only = given.getOrDefault("only", String.join(",", Program.names()));
    return new Options(root, path(given, "out", root.resolve("dist/images")),
        path(given, "work", root.resolve("images/target/work")), given.getOrDefault("prefix", "dev.local/"),
        given.getOrDefault("tag", version), version, given.getOrDefault("revision", "unknown"),
        created(given.getOrDefault("created", Instant.EPOCH.toString())), known(List.of(only.split(","))));
  }

  /** The image's name in a registry. */
  String reference(String name) {
    return prefix + "ebb-" + name + ":" + tag;
  }

  private static Map<String, String> flags(String... arguments) {
    Map<String, String> given = new TreeMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String name = equals < 2 || !argument.startsWith("--") ? "" : argument.substring(2, equals);
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException("'" + argument + "' is not --NAME=VALUE with a NAME of " + NAMES);
      }
      given.put(name, argument.substring(equals + 1));
    }
    return given;
  }

  private static Path path(Map<String, String> given, String name, Path otherwise) {
    return given.containsKey(name) ? Path.of(given.get(name)).toAbsolutePath().normalize() : otherwise;
  }

  private static Instant created(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("--created=" + text + " is no time such as 2026-01-31T12:00:00Z", e);
    }
  }

  private static List<String> known(List<String> names) {
    for (String name : names) {
      if (!Program.names().contains(name)) {
        throw new IllegalArgumentException("--only names '" + name + "'; the images are " + Program.names());
      }
    }
    return names;
  }

  private static String ownVersion() {
    try (InputStream text = Options.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(text);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

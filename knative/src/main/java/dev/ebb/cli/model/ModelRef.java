package dev.ebb.cli.model;

import dev.ebb.cli.CliException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a person names a model by: an id, a file on a hub, or a local path. */
public sealed interface ModelRef {

  /** The id that a model of this name has, unless it was given another. */
  String id();

  /** A name of the registry or of the cache. */
  record Id(String id) implements ModelRef {}

  /** A file, or with an empty {@code file} a whole folder, of a repository on a hub. */
  record Hub(String repository, String file) implements ModelRef {
    @Override
    public String id() {
      String name = file.isEmpty() ? repository : file;
      return idOf(name.substring(name.lastIndexOf('/') + 1));
    }

    @Override
    public String toString() {
      return "hf://" + repository + (file.isEmpty() ? "" : "/" + file);
    }
  }

  /** A GGUF file or a Hugging Face folder on this machine. */
  record Local(Path path) implements ModelRef {
    @Override
    public String id() {
      return idOf(path.getFileName().toString());
    }
  }

  /** {@code hf://org/repo[/path/in/repo]}. */
  Pattern HUB = Pattern.compile("hf://([\\w.-]+/[\\w.-]+)(?:/([\\w./+-]*[\\w+-]))?/?");

  /**
   * Reads a name.
   *
   * @throws CliException when it is none
   */
  static ModelRef parse(String name) {
    if (name.startsWith("hf:")) {
      Matcher matcher = HUB.matcher(name);
      if (!matcher.matches() || name.contains("..")) {
        throw new CliException("'" + name + "' is no hub name; write hf://org/repo/file.gguf");
      }
      return new Hub(matcher.group(1), matcher.group(2) == null ? "" : matcher.group(2));
    }
    boolean looksLikePath = name.contains("/") || name.endsWith(".gguf") || name.startsWith("~");
    if (looksLikePath || (!name.isBlank() && Files.isDirectory(Path.of(name)))) {
      return new Local(Path.of(name).toAbsolutePath().normalize());
    }
    if (!isId(name)) {
      throw new CliException("'" + name + "' is no model name; see ebb model list");
    }
    return new Id(name.toLowerCase(Locale.ROOT));
  }

  /** Whether it may be the name of a file in the cache: what leads elsewhere, such as {@code ..}, may not. */
  static boolean isId(String name) {
    return name.matches("[A-Za-z0-9][\\w.-]*");
  }

  /**
   * An id that a person gave.
   *
   * @throws CliException when it is none
   */
  static String needId(String name) {
    if (!isId(name)) {
      throw new CliException("'" + name + "' is no id; one has letters, digits, dots, dashes and underscores, and"
          + " begins with a letter or digit");
    }
    return name;
  }

  /** The id that a file or folder of this name is known by: its stem in lower case. */
  static String idOf(String fileName) {
    String stem = fileName.replaceFirst("(?i)\\.gguf$", "").replaceFirst("-\\d{5}-of-\\d{5}$", "");
    return stem.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]", "-");
  }
}

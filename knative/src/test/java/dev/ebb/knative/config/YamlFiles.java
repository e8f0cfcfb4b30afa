package dev.ebb.knative.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The files of the tests. */
public final class YamlFiles {
  /** The example that users begin with. */
  public static final Path EXAMPLE = Path.of("examples/ebb.yaml");

  private YamlFiles() {}

  /** A resource beside the tests. */
  public static String text(String name) {
    try (InputStream in = YamlFiles.class.getResourceAsStream("/dev/ebb/knative/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<String> lines(String name) {
    return text(name).lines().filter(line -> !line.isBlank());
  }

  /** The file that has every key. */
  public static EbbYaml full() {
    return parsed(text("full.yaml"));
  }

  /** A file that is right. */
  public static EbbYaml parsed(String text) {
    try {
      return EbbYaml.parse("ebb.yaml", text);
    } catch (EbbYamlException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }
}

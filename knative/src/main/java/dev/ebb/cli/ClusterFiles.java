package dev.ebb.cli;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.EbbYamlException;
import dev.ebb.knative.render.Manifest;
import dev.ebb.knative.render.OutputFolder;
import dev.ebb.knative.render.Rendering;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The work of {@code ebb render}. Apart from its command, since that is made at every start of {@code ebb}, and would
 * load with it all that is named here.
 */
final class ClusterFiles {
  private ClusterFiles() {}

  static void printSchema(Context context) {
    print(context, EbbYaml.schema());
  }

  /** Renders into a folder, or to standard output where none is given; notes go to standard error. */
  static void render(Context context, Path file, Path output) {
    try {
      EbbYaml yaml = read(file, "nothing was rendered");
      List<Manifest> manifests = Rendering.of(yaml);
      if (output == null) {
        print(context, Rendering.stream(manifests));
      } else {
        new OutputFolder(output).write(manifests);
        context.err().println("ebb: " + manifests.size() + " objects in " + output);
      }
      Rendering.notes(yaml).forEach(note -> context.err().println("ebb: " + note));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A stream of Java's own hides its errors, and who reads half an output must learn that it is half. */
  private static void print(Context context, String text) {
    context.out().print(text);
    if (context.out().checkError()) {
      throw new CliException("standard output could not be written to its end: its disk is full, or its reader went"
          + " away");
    }
  }

  /** Reads a file for the cluster; what somebody must know of it goes to standard error. */
  static EbbYaml told(Context context, Path file, String consequence) throws IOException {
    EbbYaml yaml = read(file, consequence);
    Rendering.warnings(yaml).forEach(warning -> context.err().println("ebb: " + warning));
    return yaml;
  }

  /**
   * Reads a file.
   *
   * @param consequence of mistakes in it, for the message
   * @throws CliException with all its mistakes
   */
  static EbbYaml read(Path file, String consequence) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new CliException("no file " + file + "; give an ebb.yaml with -f, as knative/examples/ebb.yaml is one");
    }
    try {
      return EbbYaml.read(file);
    } catch (EbbYamlException e) {
      String count = e.problems().size() == 1 ? "1 mistake" : e.problems().size() + " mistakes";
      throw new CliException(count + ", " + consequence + ":\n" + e.getMessage(), e);
    }
  }
}

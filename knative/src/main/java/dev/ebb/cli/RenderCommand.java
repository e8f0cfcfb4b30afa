package dev.ebb.cli;

import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ebb render}. Exit status 1 when the file cannot be used; then nothing is written. */
@Command(name = "render", description = "Render an ebb.yaml into Kubernetes objects, for kubectl, kn or GitOps.")
final class RenderCommand implements Runnable {
  private final Context context;

  @ArgGroup(multiplicity = "1") What what;

  /** A file to render, or the schema that tells what one may hold. */
  static final class What {
    @ArgGroup(exclusive = false) Rendered rendered;

    @Option(names = "--schema", description = "Print the JSON schema of ebb.yaml instead")
    boolean schema;
  }

  /** From where to where. */
  static final class Rendered {
    @Option(names = {"-f", "--file"}, required = true, paramLabel = "FILE", description = "The ebb.yaml")
    Path file;

    @Option(names = {"-o", "--output"}, paramLabel = "DIR",
        description = "Write one file an object into this folder, empty or rendered before. Default: standard output")
    Path output;
  }

  RenderCommand(Context context) {
    this.context = context;
  }

  @Override
  public void run() {
    if (what.schema) {
      ClusterFiles.printSchema(context);
    } else {
      ClusterFiles.render(context, what.rendered.file, what.rendered.output);
    }
  }
}

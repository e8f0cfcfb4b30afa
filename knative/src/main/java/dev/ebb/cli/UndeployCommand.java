package dev.ebb.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ebb undeploy}. Exit status 1 when something is left. */
@Command(name = "undeploy", description = "Take away all that ebb deploy made, and wait until it is gone.",
    footer = {"", "Exit status: 0 gone, or never there; 1 failed, or something is left; 2 wrong usage."})
final class UndeployCommand implements Callable<Integer> {
  private final Context context;

  @Spec CommandSpec spec;

  @Mixin ClusterOptions cluster;

  @ArgGroup(multiplicity = "0..1") What what;

  @Option(names = "--with-data", description = "Also remove claims that models were pulled into, and so the models")
  boolean data;

  @Option(names = "--autoscaler", description = "Also, or only, remove the cluster's reconciler of keda.ebb.dev")
  boolean autoscaler;

  @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "10m", converter = Timeout.class,
      description = "How long to wait until all is gone. Default: ${DEFAULT-VALUE}")
  Duration timeout;

  /** A file, or what it says. */
  static final class What {
    @Option(names = {"-f", "--file"}, required = true, paramLabel = "FILE", description = "The ebb.yaml")
    Path file;

    @ArgGroup(exclusive = false) Named named;
  }

  /** An installation of which there is no file any more. */
  static final class Named {
    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Name of the installation")
    String name;

    @Option(names = {"-n", "--namespace"}, required = true, paramLabel = "NAMESPACE", description = "Its namespace")
    String namespace;
  }

  UndeployCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    if (what == null && !autoscaler) {
      throw new ParameterException(spec.commandLine(),
          "what? give -f FILE, or --name NAME -n NAMESPACE, or --autoscaler");
    }
    return ClusterWork.undeploy(context, this);
  }
}

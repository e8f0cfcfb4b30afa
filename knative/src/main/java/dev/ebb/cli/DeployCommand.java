package dev.ebb.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ebb deploy}; the exit status is told in its help. */
@Command(name = "deploy", description = "Bring a cluster to what an ebb.yaml says, and wait until it serves.",
    footer = {"", "Exit status: 0 done; 1 failed; 2 wrong usage; 3 the cluster lacks something, nothing was applied;",
        "4 applied, but not ready in time, or a model is not pulled yet. kn ends with 1 for each of these."})
final class DeployCommand implements Callable<Integer> {
  private final Context context;

  @Mixin ClusterOptions cluster;

  @Option(names = {"-f", "--file"}, required = true, paramLabel = "FILE", description = "The ebb.yaml")
  Path file;

  @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "10m", converter = Timeout.class,
      description = "How long all may take until it is ready, pulls of models included. Default: ${DEFAULT-VALUE}")
  Duration timeout;

  @Option(names = "--no-wait", description = {"Apply all at once and return.",
      "Functions of a model from a hub fail and start again until its pull is done."})
  boolean noWait;

  @Option(names = "--dry-run", description = "Let the API server check everything and change nothing")
  boolean dryRun;

  @Option(names = "--no-autoscaler", description = "Do not install the reconciler of keda.ebb.dev where it is missing")
  boolean noAutoscaler;

  DeployCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return ClusterWork.deploy(context, this);
  }
}

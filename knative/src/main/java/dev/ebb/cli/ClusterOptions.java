package dev.ebb.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which cluster. */
final class ClusterOptions {
  @Option(names = "--kubeconfig", paramLabel = "FILE", description = "Default: KUBECONFIG, else ~/.kube/config")
  Path kubeconfig;

  @Option(names = "--context", paramLabel = "NAME", description = "Context of the kubeconfig. Default: its current one")
  String context;
}

package dev.ebb.cli;

import dev.ebb.cli.doctor.Examination;
import dev.ebb.cli.doctor.Finding;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ebb doctor}. Exit status 1 when something is broken. */
@Command(name = "doctor", description = {
    "Check this machine and installation, or a cluster.", "What is wrong is told with what mends it."}, 
    footer = {"", "Exit status: 0 when Ebb can serve; 1 when it cannot; 2 wrong usage."})
final class DoctorCommand implements Callable<Integer> {
  private final Context context;

  @Spec CommandSpec spec;

  @Option(names = "--port", paramLabel = "N", description = "Port to check. Default: EBB_PORT, else 8080")
  Integer port;

  @Option(names = "--cluster", description = "Check a cluster instead, as ebb deploy does before it applies anything")
  boolean onCluster;

  @Option(names = {"-f", "--file"}, paramLabel = "FILE", description = "Check it for this ebb.yaml")
  Path file;

  @Mixin ClusterOptions cluster;

  DoctorCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    if (onCluster) {
      return ClusterWork.doctor(context, this);
    }
    if (file != null) {
      throw new ParameterException(spec.commandLine(), "-f is for a cluster; add --cluster");
    }
    int checked = context.port(port);
    String arena = context.env().getOrDefault("EBB_ARENA_DIR", "");
    Path arenaDir = arena.isEmpty() ? context.home().runDir(checked) : Path.of(arena).toAbsolutePath();
    String host = context.env().getOrDefault("EBB_HOST", "127.0.0.1");
    List<Finding> findings =
        new Examination(context.env(), context.dist(), context.cache(), arenaDir, host, checked).run();
    findings.forEach(this::print);
    return findings.stream().anyMatch(finding -> finding.grade() == Finding.Grade.BROKEN) ? Ebb.FAILED : 0;
  }

  private void print(Finding finding) {
    String sign = switch (finding.grade()) {
      case OK -> "ok     ";
      case WARNING -> "warning";
      case BROKEN -> "BROKEN ";
    };
    context.out().printf("%s  %-18s %s%n", sign, finding.subject(), finding.text());
    if (!finding.mend().isEmpty()) {
      context.out().printf("%9s%-18s mend: %s%n", "", "", finding.mend());
    }
  }
}

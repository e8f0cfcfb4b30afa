package dev.ebb.cli;

import dev.ebb.cli.client.Metrics;
import dev.ebb.cli.client.RouterClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ebb status}. Exit status 1 when no router answers, or it is not ready; on a cluster when none is deployed. */
@Command(name = "status", description = {"Show a running router, or the functions on a cluster.",
    "Of a router: health, models, functions and demand. With --cluster or -n, and where no router runs here and a",
    "kubeconfig is there, of a cluster: replicas, quota, demand and the last decision."})
final class StatusCommand implements Callable<Integer> {
  private static final String STATE = "ebb_function_state";
  private static final String DEMAND = "ebb_demand";

  private final Context context;

  @Spec CommandSpec spec;

  @Mixin AddressOptions address;

  @Option(names = "--url", paramLabel = "URL", description = "Address of the router")
  String url;

  @Option(names = "--cluster", description = "All installations of a cluster instead")
  boolean all;

  @Option(names = {"-n", "--namespace"}, paramLabel = "NAMESPACE", description = "Those of one of its namespaces")
  String namespace;

  @Option(names = "--name", paramLabel = "NAME", description = "On a cluster, only the installation of this name")
  String name;

  @Option(names = "--json", description = "On a cluster, an array of JSON objects instead of a table")
  boolean json;

  @Mixin ClusterOptions cluster;

  StatusCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    if (all || namespace != null) {
      return ClusterWork.status(context, this);
    }
    if (name != null || json) {
      throw new ParameterException(spec.commandLine(),
          "--name and --json are for a cluster; add --cluster or -n NAMESPACE");
    }
    try (RouterClient client = new RouterClient(url != null ? url : address.url(context))) {
      Optional<List<String>> found = client.models();
      if (found.isEmpty() && url == null && address.port == null && address.host == null && hasKubeconfig()) {
        context.err().println("ebb: no router runs here; this is the cluster of the kubeconfig");
        return ClusterWork.status(context, this);
      }
      List<String> models = found.orElseThrow(() -> new CliException(RouterClient.absent(client.url())));
      boolean ready = client.isHealthy("ready");
      line("router", client.url() + (ready ? ", ready" : ", not ready"));
      line("models", String.join(", ", models));
      functions(client);
      return ready ? 0 : Ebb.FAILED;
    }
  }

  private boolean hasKubeconfig() {
    String home = context.env().getOrDefault("HOME", "");
    return !context.env().getOrDefault("KUBECONFIG", "").isEmpty()
        || !home.isEmpty() && Files.exists(Path.of(home, ".kube", "config"));
  }

  /** The state series is 1 for the state that a function is in and 0 for the others. */
  private void functions(RouterClient client) throws IOException, InterruptedException {
    Metrics metrics = Metrics.parse(client.metrics());
    for (Metrics.Sample sample : metrics.named(STATE)) {
      if (sample.value() == 1) {
        line(name(sample), sample.labels().getOrDefault("state", "?"));
      }
    }
    for (Metrics.Sample sample : metrics.named(DEMAND)) {
      line("demand " + name(sample), String.format("%.0f", sample.value()));
    }
  }

  private static String name(Metrics.Sample sample) {
    return sample.labels().entrySet().stream()
        .filter(label -> !label.getKey().equals("state"))
        .map(label -> label.getValue())
        .collect(Collectors.joining(" "));
  }

  private void line(String name, String value) {
    context.out().printf("%-40s %s%n", name, value);
  }
}

package dev.ebb.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.cluster.ClusterException;
import dev.ebb.knative.cluster.Connection;
import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.deploy.Deploy;
import dev.ebb.knative.deploy.Undeploy;
import dev.ebb.knative.preflight.Finding;
import dev.ebb.knative.preflight.Preflight;
import dev.ebb.knative.preflight.Scraping;
import dev.ebb.knative.status.Row;
import dev.ebb.knative.status.Survey;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The work of the commands of a cluster. Apart from them, since they are made at every start of {@code ebb}, and would
 * load with them the Kubernetes client.
 */
final class ClusterWork {
  private static final int LACKING = 3;
  private static final int NOT_READY = 4;
  /** What a Prometheus needs to hear of new PodMonitors, if it wants them. */
  private static final Duration SCRAPE = Duration.ofSeconds(30);

  private ClusterWork() {}

  /** What is done with a cluster. */
  @FunctionalInterface
  interface Work {
    int on(Api api) throws IOException, InterruptedException;
  }

  static int with(Context context, ClusterOptions options, Work work) throws IOException, InterruptedException {
    Connection connection = new Connection(options.kubeconfig, options.context);
    try (KubernetesClient client = connection.open(context.env())) {
      return work.on(new Api(client));
    } catch (ClusterException e) {
      throw new CliException(e.getMessage(), e);
    } catch (KubernetesClientException e) {
      if (e.getCause() instanceof InterruptedException) {
        throw new InterruptedException();
      }
      throw new CliException("the API server: " + e.getMessage(), e);
    }
  }

  static int deploy(Context context, DeployCommand command) throws IOException, InterruptedException {
    EbbYaml yaml = ClusterFiles.told(context, command.file, "nothing was applied");
    return with(context, command.cluster, api -> {
      List<Finding> findings = Preflight.of(api, Optional.of(yaml));
      findings.stream().filter(finding -> finding.grade() != Finding.Grade.OK)
          .forEach(finding -> context.err().println(finding));
      if (findings.stream().anyMatch(finding -> finding.grade() == Finding.Grade.ERROR)) {
        context.err().println("ebb: nothing was applied");
        return LACKING;
      }
      Deploy deploy = new Deploy(api, yaml, new Deploy.Options(command.dryRun, !command.noAutoscaler,
          command.noWait ? Optional.empty() : Optional.of(command.timeout)), context.out()::println);
      Map<String, String> unpulled = deploy.apply();
      if (!unpulled.isEmpty()) {
        return notReady(context, unpulled, "what reads these models was not applied yet; kubectl -n " + yaml.namespace()
            + " logs job/NAME says how a pull goes, and the same command again waits on, or runs one anew that failed");
      }
      return command.dryRun || command.noWait ? 0 : await(context, yaml, deploy, api);
    });
  }

  private static int notReady(Context context, Map<String, String> failed, String rest) {
    failed.forEach((object, words) -> context.err().println("ebb: " + object + " " + words));
    context.err().println("ebb: " + rest);
    return NOT_READY;
  }

  private static int await(Context context, EbbYaml yaml, Deploy deploy, Api api) throws InterruptedException {
    Map<String, String> failed = deploy.await();
    if (!failed.isEmpty()) {
      return notReady(context, failed, "all was applied, but not all is ready; ebb status -n " + yaml.namespace()
          + " shows how it goes on, and the same command again waits on");
    }
    Finding scraped = Scraping.await(api, yaml, SCRAPE);
    (scraped.grade() == Finding.Grade.OK ? context.out() : context.err()).println(scraped);
    deploy.addresses().forEach(context.out()::println);
    return 0;
  }

  static int doctor(Context context, DoctorCommand command) throws IOException, InterruptedException {
    EbbYaml yaml = command.file == null ? null : ClusterFiles.told(context, command.file, "nothing was checked");
    return with(context, command.cluster, api -> {
      List<Finding> findings = Preflight.of(api, Optional.ofNullable(yaml));
      findings.forEach(context.out()::println);
      return findings.stream().anyMatch(finding -> finding.grade() == Finding.Grade.ERROR) ? Ebb.FAILED : 0;
    });
  }

  static int status(Context context, StatusCommand command) throws IOException, InterruptedException {
    return with(context, command.cluster, api -> {
      Survey survey = new Survey(api, command.name);
      List<Row> rows = survey.rows(command.namespace);
      if (command.json) {
        context.out().println(new ObjectMapper().writerWithDefaultPrettyPrinter()
            .writeValueAsString(rows.stream().map(Row::fields).toList()));
      } else if (!rows.isEmpty()) {
        Row.table(rows).forEach(context.out()::println);
        survey.notes().forEach(context.out()::println);
      }
      if (rows.isEmpty()) {
        context.err().println(
            "ebb: nothing is deployed there; ebb deploy -f FILE deploys, and --cluster looks everywhere");
      }
      return rows.isEmpty() ? Ebb.FAILED : 0;
    });
  }

  static int undeploy(Context context, UndeployCommand command) throws IOException, InterruptedException {
    UndeployCommand.What what = command.what;
    EbbYaml yaml = what == null || what.file == null ? null : ClusterFiles.read(what.file, "nothing was removed");
    return with(context, command.cluster, api -> {
      Undeploy undeploy = new Undeploy(api, command.timeout, command.data, context.out()::println);
      int removed = 0;
      if (yaml != null) {
        removed += undeploy.installation(yaml.name(), yaml.namespace());
      } else if (what != null) {
        removed += undeploy.installation(what.named.name, what.named.namespace);
      }
      removed += command.autoscaler ? undeploy.autoscaler() : 0;
      context.out().println(removed == 0 ? "nothing to remove" : removed + " objects removed");
      return 0;
    });
  }
}

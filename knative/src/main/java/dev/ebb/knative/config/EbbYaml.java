package dev.ebb.knative.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One installation of Ebb on a cluster, read from an {@code ebb.yaml}.
 *
 * @param name begins the names of cluster-wide objects
 * @param namespace Ebb's own namespace
 */
public record EbbYaml(String name, String namespace, Images images, List<ModelSpec> models, Optional<QuotaSpec> quotas,
    List<Tenant> tenants, Arena arena, Prometheus prometheus, RouterSpec router, Optional<Broker> broker,
    Namespaces namespaces) {

  /** Where the key/value arena lies. */
  public sealed interface Arena {}

  /** A tmpfs of each pod's own. */
  public record Tmpfs(Quantity size) implements Arena {}

  /** A folder of the node, which prefill and decode share. */
  public record HostFolder(String path) implements Arena {}

  /** Who scrapes, and is asked for demand. */
  public record Prometheus(String url, int routerScrapeSeconds, int functionScrapeSeconds) {}

  /**
   * CloudEvents.
   *
   * @param jobs resources of a batch job; no JobSink when empty
   */
  public record Broker(String name, String brokerClass, Optional<Resources> jobs) {}

  /** Namespaces of others. */
  public record Namespaces(String prometheus, String keda, String knative, String ingress) {}

  /**
   * Reads and checks a file.
   *
   * @throws EbbYamlException with everything that is wrong
   * @throws IOException when there is no such file
   */
  public static EbbYaml read(Path file) throws IOException, EbbYamlException {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new EbbYamlException(file.toString(),
          List.of(new Problem("", 1, 1, "is not UTF-8", "save it as UTF-8 text")));
    }
  }

  /**
   * Reads and checks a text.
   *
   * @param file its name in messages
   * @throws EbbYamlException with everything that is wrong
   */
  public static EbbYaml parse(String file, String text) throws EbbYamlException {
    List<Problem> problems = new ArrayList<>();
    Value root = YamlTree.read(text, problems);
    EbbYaml yaml = null;
    if (problems.stream().noneMatch(problem -> problem.path().isEmpty())) {
      Schema schema = Schema.ofFile();
      new SchemaCheck(problems).check(root, schema);
      yaml = Binding.of(new Section(root, schema));
      Report report = new Report(root, problems);
      new ModelRules(yaml, report).check();
      new QuotaRules(yaml, report).check();
      report.tell();
    }
    if (!problems.isEmpty()) {
      problems.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
      throw new EbbYamlException(file, problems);
    }
    return yaml;
  }

  /** The published JSON schema. */
  public static String schema() {
    return Schema.text();
  }
}

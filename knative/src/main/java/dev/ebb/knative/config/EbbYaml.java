package dev.ebb.knative.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One installation of Ebb on a cluster, read from an {@code ebb.yaml}.
 *
 * @param name begins the names of cluster-wide objects
 * @param namespace Ebb's own namespace
 */
public record EbbYaml(String name, String namespace, Images images, List<ModelSpec> models, Optional<QuotaSpec> quotas,
    List<Tenant> tenants, Arena arena, Prometheus prometheus, RouterSpec router, Optional<Broker> broker,
    Namespaces namespaces) {

  /** Name of the arena's volume and of its claim, where it lies in a folder of the node. */
  public String arenaName() {
    return name + "-arena";
  }

  /** Where the key/value arena lies. */
  public sealed interface Arena {}

  /** A tmpfs of each pod's own. */
  public record Tmpfs(Quantity size) implements Arena {}

  /** A folder of the node, which prefill and decode share. */
  public record HostFolder(String path) implements Arena {}

  /**
   * Who scrapes, and is asked for demand.
   *
   * @param labels of the PodMonitors, by which it may choose them
   * @param auth with what it is asked
   * @param ca certificates, in PEM, that its own is checked by
   */
  public record Prometheus(String url, int routerScrapeSeconds, int functionScrapeSeconds,
      Map<String, String> labels, Optional<Credentials> auth, Optional<Tenant.SecretEntry> ca) {

    /** Everything that is taken from Secrets, in the order of the schema. */
    public List<Tenant.SecretEntry> secrets() {
      Stream<Tenant.SecretEntry> credentials = auth.stream().flatMap(given -> switch (given) {
        case Bearer bearer -> Stream.of(bearer.token());
        case Basic basic -> Stream.of(basic.username(), basic.password());
      });
      return Stream.concat(credentials, ca.stream()).toList();
    }
  }

  /** What somebody shows who asks; only where it is kept, never itself. */
  public sealed interface Credentials {}

  /** A bearer token. */
  public record Bearer(Tenant.SecretEntry token) implements Credentials {}

  /** Basic authentication. */
  public record Basic(Tenant.SecretEntry username, Tenant.SecretEntry password) implements Credentials {}

  /**
   * CloudEvents.
   *
   * @param jobs batch jobs; no JobSink when empty
   */
  public record Broker(String name, String brokerClass, Optional<Jobs> jobs) {
    private static final Map<String, String> INGRESSES =
        Map.of("MTChannelBasedBroker", "broker-ingress", "Kafka", "kafka-broker-ingress");

    /** The Service in Eventing's namespace that takes the events of all Brokers of this class, if there is one. */
    public Optional<String> ingress() {
      return Optional.ofNullable(INGRESSES.get(brokerClass));
    }
  }

  /**
   * Batch jobs, each for one event.
   *
   * @param resources of one
   * @param sink where its reply goes
   * @param keepSeconds time that a job that ended is kept, and the same event makes no second one
   */
  public record Jobs(Resources resources, Sink sink, int keepSeconds) {}

  /** Who takes events. */
  public sealed interface Sink {}

  /** By its address. */
  public record SinkUrl(String url) implements Sink {}

  /** By its name; in Ebb's own namespace when it names none. */
  public record SinkReference(String apiVersion, String kind, String name, Optional<String> namespace)
      implements Sink {}

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
      new InstallationRules(yaml, report).check();
      new ModelRules(yaml, report).check();
      new QuotaRules(yaml, report).check();
      new SinkRules(yaml, report).check();
      new PrometheusRules(yaml, report).check();
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

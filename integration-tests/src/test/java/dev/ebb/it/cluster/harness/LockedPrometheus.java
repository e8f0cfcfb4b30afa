package dev.ebb.it.cluster.harness;

import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.Command;
import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A second Prometheus on the node, which answers over TLS with a certificate of its own and only those who know its
 * password. It scrapes what the first one does. Password, hash and key are made for it and go with it.
 */
public final class LockedPrometheus implements AutoCloseable {
  public static final String USER = "keda";
  private static final String NAME = "prometheus-locked";
  private static final String HOST = NAME + ".monitoring.svc";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path folder;
  private final int port;
  private final Process process;
  private String password;

  /** Starts it with the settings that the first one has now. */
  public LockedPrometheus() {
    try {
      folder = Files.createTempDirectory(Workspace.target("cluster"), NAME);
      port = freePort();
      process = start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Await.until("the second Prometheus is ready", LIMIT, () -> status("-u", USER + ":" + password) == 200);
    Cluster.apply("""
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s, namespace: monitoring}
        spec:
          ports: [{name: web, port: 9090, targetPort: %2$d}]
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %1$s, namespace: monitoring, labels: {kubernetes.io/service-name: %1$s}}
        addressType: IPv4
        ports: [{name: web, port: %2$d}]
        endpoints: [{addresses: ["%3$s"]}]
        """.formatted(NAME, port, Cluster.nodeAddress()));
  }

  /** Its address as the cluster knows it, which its certificate names. */
  public static String url() {
    return "https://" + HOST + ":9090";
  }

  /** The one that opens it now. */
  public String password() {
    return password;
  }

  /** Makes another password; the one before opens nothing from the next question on. */
  public void changePassword() {
    password = UUID.randomUUID().toString();
    try {
      Files.writeString(folder.resolve("web.yaml"), """
          tls_server_config: {cert_file: tls.crt, key_file: tls.key}
          basic_auth_users: {%s: "%s"}
          """.formatted(USER, hash()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The certificate that it shows, which it signed itself, in PEM. */
  public Path certificate() {
    return folder.resolve("tls.crt");
  }

  /** What it says to a question of this program's own, with these options of curl. */
  public int status(String... options) {
    List<String> words = new ArrayList<>(List.of("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
        "--cacert", certificate().toString(), "--connect-to", HOST + ":9090:" + Cluster.nodeAddress() + ":" + port));
    words.addAll(List.of(options));
    words.add(url() + "/api/v1/query?query=up");
    return Integer.parseInt(Command.run(LIMIT.toSeconds(), words).output().strip());
  }

  /** Lets it follow the PodMonitors that were made since it started. */
  public void followMonitors() {
    Command.run(LIMIT.toSeconds(), List.of("kill", "-HUP", Long.toString(process.pid()))).expectSuccess();
  }

  private Process start() throws IOException {
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=" + HOST, "-addext", "subjectAltName=DNS:" + HOST,
        "-keyout", folder.resolve("tls.key").toString(), "-out", certificate().toString());
    changePassword();
    Path run = Path.of(System.getenv("KUBECONFIG")).getParent();
    return new ProcessBuilder(program().toString(), "--config.file=" + run.resolve("etc/prometheus.json"),
        "--web.config.file=" + folder.resolve("web.yaml"), "--web.listen-address=" + Cluster.nodeAddress() + ":" + port,
        "--storage.tsdb.path=" + folder.resolve("data"), "--log.level=warn").redirectErrorStream(true)
        .redirectOutput(folder.resolve("log.txt").toFile()).start();
  }

  /** The password by bcrypt, which the C library knows. */
  private String hash() {
    String hash = run("perl", "-e", "print crypt($ARGV[0], \"\\$2b\\$05\\$\" . $ARGV[1])", password,
        password.replace("-", "").substring(0, 21) + "u").strip();
    if (!hash.startsWith("$2b$05$")) {
      throw new IllegalStateException("the C library here knows no bcrypt: " + hash);
    }
    return hash;
  }

  private static String run(String... words) {
    return Command.run(LIMIT.toSeconds(), List.of(words)).expectSuccess().output();
  }

  /** As the cluster's own was built. */
  private static Path program() throws IOException {
    String cache = System.getenv("EBB_CLUSTER_CACHE");
    Path bin = (cache == null ? Path.of(System.getProperty("user.home"), ".cache/ebb/cluster") : Path.of(cache))
        .resolve("bin");
    try (Stream<Path> all = Files.list(bin)) {
      return all.filter(one -> one.getFileName().toString().startsWith("prometheus-v")).sorted().toList().getLast();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(Cluster.nodeAddress(), 0));
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Cluster.kubectl("delete", "service,endpointslice", "-n", "monitoring", NAME, "--ignore-not-found");
  }
}

package dev.ebb.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A running {@code ebb up} with a home folder and a port of its own. It remembers every process it
 * has seen below itself, so that {@link #close} can tell whether one was left behind.
 */
public final class EbbInstance implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(120);
  private static final Duration STOP = Duration.ofSeconds(60);

  private final int port = freePort();
  private final Path home;
  private final Path log;
  private final Process command;
  private final Set<EbbProcess> seen = new LinkedHashSet<>();
  private final Api api;

  private EbbInstance(String name, Path distribution, String modelId, Path model, Map<String, String> settings)
      throws IOException {
    home = Files.createTempDirectory(Workspace.target("homes"), name + "-");
    log = Workspace.target("logs").resolve(name + "-" + port + ".log");
    Path models = Files.createDirectories(home.resolve("models"));
    Files.createSymbolicLink(models.resolve(modelId + ".gguf"), model);
    // What a shell starts in its background ignores SIGINT, and so would all that is started from there.
    ProcessBuilder builder = new ProcessBuilder("env", "--default-signal=INT",
        distribution.resolve("bin/ebb").toString(), "up", "--model", modelId);
    builder.environment().keySet().removeIf(key -> key.startsWith("EBB_") || key.startsWith("QUARKUS_"));
    builder.environment().put("EBB_HOME", home.toString());
    builder.environment().put("EBB_PORT", Integer.toString(port));
    builder.environment().putAll(settings);
    command = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    api = new Api("http://127.0.0.1:" + port);
  }

  /**
   * Starts one on the default model and waits until its router is ready. No function runs yet.
   *
   * @param name part of the names of its home and log
   * @param settings {@code EBB_*} variables beside home and port
   */
  public static EbbInstance start(String name, Map<String, String> settings) {
    return start(name, Workspace.distribution(), TestModel.ID, TestModel.path(), settings);
  }

  /** The same from another distribution, on another model file, which is served under {@code modelId}. */
  public static EbbInstance start(String name, Path distribution, String modelId, Path model,
      Map<String, String> settings) {
    try {
      EbbInstance instance = new EbbInstance(name, distribution, modelId, model, settings);
      instance.awaitReady();
      return instance;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() {
    try {
      Await.until("router ready on port " + port + ", log " + log, START,
          () -> !command.isAlive() || api.answers("/q/health/ready"));
      if (!command.isAlive()) {
        throw new IllegalStateException("ebb up ended with " + command.exitValue() + ":\n" + logText());
      }
    } catch (RuntimeException | AssertionError e) {
      killAll();
      throw e;
    }
  }

  /** Calls to its router. */
  public Api api() {
    return api;
  }

  public int port() {
    return port;
  }

  /** Its EBB_HOME. */
  public Path home() {
    return home;
  }

  /** What it printed so far. */
  public String logText() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All its live processes, the command first. */
  public List<EbbProcess> processes() {
    List<EbbProcess> live =
        Stream.concat(Stream.of(command.toHandle()), command.descendants())
            .filter(ProcessHandle::isAlive)
            .map(EbbProcess::of)
            .flatMap(Optional::stream)
            .toList();
    seen.addAll(live);
    return live;
  }

  /** Its live function processes of one kind, {@code prefill} or {@code decode}. */
  public List<EbbProcess> functions(String kind) {
    return processes().stream().filter(process -> process.kind().equals(kind) && process.port() > 0).toList();
  }

  /** Live prefill and decode processes. */
  public List<EbbProcess> functions() {
    return processes().stream().filter(process -> process.port() > 0)
        .filter(process -> !process.kind().equals("router")).toList();
  }

  /** The process that holds the router's port. */
  public EbbProcess router() {
    List<EbbProcess> live = processes();
    return live.stream().filter(process -> process.kind().equals("router")).reduce((a, b) -> b)
        .orElseThrow(() -> new IllegalStateException("no router among " + live));
  }

  /** Ctrl-C: the terminal sends SIGINT to every process of the foreground group at once. */
  public void interrupt() throws IOException {
    String pids = processes().stream().map(process -> Long.toString(process.pid())).collect(Collectors.joining(" "));
    new ProcessBuilder("/bin/sh", "-c", "kill -INT " + pids).inheritIO().start();
  }

  /** SIGTERM to the command, as a service supervisor would. */
  public void terminate() {
    processes();
    command.destroy();
  }

  /** Waits until no process it ever had is left. */
  public void awaitGone() {
    Await.until("every process gone: " + seen, STOP,
        () -> !command.isAlive() && seen.stream().noneMatch(EbbProcess::alive));
  }

  /** Stops it, and fails when a process had to be killed. */
  @Override
  public void close() {
    terminate();
    try {
      awaitGone();
    } finally {
      killAll();
    }
  }

  private void killAll() {
    processes();
    seen.forEach(EbbProcess::kill);
    command.destroyForcibly();
    try {
      command.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

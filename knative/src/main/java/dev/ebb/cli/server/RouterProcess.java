package dev.ebb.cli.server;

import dev.ebb.cli.CliException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A running router, from start to end. It runs in a session of its own, so that a Ctrl-C at the terminal reaches it
 * once, from here, and not a second time from the terminal together with all its functions.
 */
public final class RouterProcess implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(90);
  private static final Duration STOP_MAX = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 50;
  private static final int LOG_LINES_SHOWN = 12;

  /** Java tells of an end by a signal as a status of this and the signal's number. */
  private static final int SIGNALS_BASE = 128;

  /** The router's exit status when its model cannot be used. */
  private static final int MODEL_UNUSABLE = 22;

  /**
   * An idle router gives its memory back. The serial collector would do so only at its next collection, and an idle
   * router has none; nor does G1's concurrent cycle shrink the heap, so its regular collection is a full one, which
   * comes only when there was no other for that time.
   */
  private static final List<String> MEMORY = List.of("-Xmx1g", "-XX:+UseG1GC", "-XX:G1PeriodicGCInterval=30000",
      "-XX:-G1PeriodicGCInvokesConcurrent", "-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=20");

  private final RouterLaunch spec;
  private final Process process;
  private final RunFolder folder;
  private volatile boolean stopping;
  private volatile boolean logIsWanted;

  private RouterProcess(RouterLaunch spec, Process process, RunFolder folder) {
    this.spec = spec;
    this.process = process;
    this.folder = folder;
  }

  /**
   * Starts a router; it is not ready yet.
   *
   * @throws CliException when the port is taken or the distribution is incomplete
   */
  public static RouterProcess start(RouterLaunch spec) throws IOException {
    Port.need(spec.host(), spec.port());
    Path jar = spec.dist().resolve("router/quarkus-run.jar");
    if (!Files.exists(jar)) {
      throw new CliException(jar + " is missing; run make build");
    }
    RunFolder folder = new RunFolder(spec.runDir());
    folder.makeReady();
    ProcessBuilder builder = new ProcessBuilder(command(jar, folder));
    builder.environment().putAll(spec.environment());
    Process process = builder.redirectErrorStream(true).redirectOutput(folder.log().toFile()).start();
    process.getOutputStream().close();
    return new RouterProcess(spec, process, folder);
  }

  private static List<String> command(Path jar, RunFolder folder) {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.add("/usr/bin/setsid");
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(MEMORY);
    command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-XX:ErrorFile=" + folder.errorFile()));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }

  /** Where its output goes. */
  public Path log() {
    return folder.log();
  }

  /** The base address. */
  public String url() {
    return spec.url();
  }

  /**
   * Waits until it answers that it is ready.
   *
   * @return false when it was asked to end first
   * @throws CliException with the end of its log when it ends instead, or takes too long
   */
  public boolean awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + START_MAX.toNanos();
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build()) {
      while (!isReady(http)) {
        // In this order: who asked it to end said so before it ended.
        boolean ended = !process.isAlive();
        if (stopping) {
          return false;
        }
        if (ended) {
          throw failed("the router ended while it started (" + ending() + "):\n" + lastLines() + advice()
              + "\nall of it: " + log());
        }
        if (System.nanoTime() > end) {
          throw failed("the router was not ready within " + START_MAX.toSeconds() + " s; see " + log());
        }
        Thread.sleep(POLL_MILLIS);
      }
      return true;
    }
  }

  /** A failure whose message sends its reader to the log. */
  private CliException failed(String message) {
    logIsWanted = true;
    return new CliException(message);
  }

  private String advice() {
    return process.exitValue() != MODEL_UNUSABLE
        ? ""
        : "\n" + spec.modelAdvice() + "\n(ebb model inspect " + spec.modelPath() + " says more)";
  }

  /** How it ended, such as {@code status 4} or {@code signal 9}; only once it has. */
  public String ending() {
    int status = process.exitValue();
    return status > SIGNALS_BASE ? "signal " + (status - SIGNALS_BASE) : "status " + status;
  }

  /** Waits for its end, however long; true when it was asked to end. */
  public boolean awaitEnd() throws InterruptedException {
    process.waitFor();
    return stopping;
  }

  /** The last lines of its log, without the insides of stack traces. */
  public String lastLines() throws IOException {
    List<String> lines = Files.readAllLines(log()).stream().filter(line -> !line.startsWith("\t")).toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
  }

  /** Asks it to drain and end, which ends its functions; what is left after a while is killed. Idempotent. */
  public void stop() {
    stopping = true;
    List<ProcessHandle> family = family();
    process.destroy();
    try {
      if (!process.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
    family.forEach(ProcessHandle::destroyForcibly);
  }

  /** Ends it and its functions at once. */
  public void kill() {
    stopping = true;
    List<ProcessHandle> family = family();
    process.destroyForcibly();
    family.forEach(ProcessHandle::destroyForcibly);
  }

  /** Stops it, and deletes a spare run folder unless the log there tells of a failure. Idempotent. */
  @Override
  public void close() {
    if (!stopping && !process.isAlive()) {
      logIsWanted = true;
    }
    stop();
    if (spec.spareRunDir() && !logIsWanted) {
      folder.delete();
    }
  }

  private List<ProcessHandle> family() {
    return process.toHandle().descendants().toList();
  }

  private boolean isReady(HttpClient http) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(spec.url() + "/q/health/ready")).timeout(Duration.ofSeconds(5)).build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }
}

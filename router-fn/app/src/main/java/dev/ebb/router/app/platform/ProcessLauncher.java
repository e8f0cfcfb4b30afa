package dev.ebb.router.app.platform;

import dev.ebb.events.Work;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.function.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Creates function processes from the distribution folder. */
final class ProcessLauncher {
  static final String HOST = "127.0.0.1";
  /** Less is as good as nothing: a function writes logs and its KV blocks. */
  private static final long DISK_BYTES_MIN = 16L << 20;

  private final Path dist;
  private final Path runDir;
  private final RouterSettings settings;

  /** A started process and where it will listen. */
  record Started(Process process, Endpoint endpoint) {}

  ProcessLauncher(RouterSettings settings) {
    this.settings = settings;
    dist = settings.dist().orElseThrow().toAbsolutePath();
    runDir = settings.runDir().orElseThrow().toAbsolutePath();
  }

  /** Where a function's output goes. */
  Path log(Phase phase) {
    return runDir.resolve("log").resolve(phase.label() + ".log");
  }

  /**
   * @throws IOException when the process cannot be created; the message says what is missing
   */
  Started start(Phase phase) throws IOException {
    Path folder = dist.resolve(phase.label());
    if (!Files.isRegularFile(folder.resolve("quarkus-run.jar"))) {
      throw new IOException(folder.resolve("quarkus-run.jar") + " is missing; run make build");
    }
    Files.createDirectories(log(phase).getParent());
    int port = freePort();
    ProcessBuilder builder = new ProcessBuilder(command(phase, folder)).directory(folder.toFile());
    environment(builder.environment(), port);
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log(phase).toFile()));
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      Files.writeString(pidFile(phase), process.pid() + " " + port + "\n");
    } catch (IOException e) {
      // Nobody would stop a process that nobody knows of.
      process.destroyForcibly();
      throw e;
    }
    return new Started(process, new Endpoint(HOST, port));
  }

  /** What to say of the run folder's disk when it is full, to be added to a sentence; else nothing. */
  String fullDisk() {
    long free = runDir.toFile().getUsableSpace();
    return free >= DISK_BYTES_MIN ? "" : "; the disk of " + runDir + " is full (" + (free >> 20)
        + " MiB left): free space there";
  }

  /** Says that the function runs no longer. */
  void forget(Phase phase) throws IOException {
    Files.deleteIfExists(pidFile(phase));
  }

  private Path pidFile(Phase phase) {
    return runDir.resolve(phase.label() + ".pid");
  }

  private List<String> command(Phase phase, Path folder) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Keys, values and weights lie outside the heap; what is inside is small and short-lived.
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xms64m", "-Xmx1g"));
    // As in the images: what is left of a process without memory answers, and computes nothing.
    command.add("-XX:+ExitOnOutOfMemoryError");
    // A report of a crash belongs to the logs, not into the folder that the function was started in.
    command.add("-XX:ErrorFile=" + log(phase).resolveSibling(phase.label() + "-crash-%p.log"));
    // Four times the usual thresholds of the optimizing compiler: loops that matter reach them at once, and a start
    // does not pay for code that runs only then.
    command.addAll(List.of("-XX:Tier4InvocationThreshold=20000", "-XX:Tier4MinInvocationThreshold=2400",
        "-XX:Tier4CompileThreshold=60000", "-XX:Tier4BackEdgeThreshold=160000"));
    if (Files.isRegularFile(folder.resolve("app.aot"))) {
      command.add("-XX:AOTCache=app.aot");
    }
    command.addAll(words(System.getenv("EBB_FUNCTION_JAVA_OPTS")));
    command.addAll(List.of("-jar", folder.resolve("quarkus-run.jar").toString()));
    return command;
  }

  private static List<String> words(String text) {
    return text == null || text.isBlank() ? List.of() : List.of(text.trim().split("\\s+"));
  }

  /** The functions take the same settings as the router, and what it has worked out for them. */
  private void environment(Map<String, String> env, int port) {
    env.keySet().removeIf(name -> name.startsWith("QUARKUS_HTTP_"));
    env.putIfAbsent("EBB_ARENA_DIR", runDir.resolve("arena").toString());
    env.put("EBB_MODEL_ID", settings.modelId());
    env.put("EBB_MODEL_PATH", settings.modelPath().toAbsolutePath().toString());
    env.put("EBB_MAX_BODY_BYTES", Integer.toString(Work.bytesMax(settings.bodyBytesMax(), settings.kvTokens())));
    env.put("EBB_PARENT_PID", Long.toString(ProcessHandle.current().pid()));
    env.put("QUARKUS_HTTP_HOST", HOST);
    env.put("QUARKUS_HTTP_PORT", Integer.toString(port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    }
  }
}

package dev.ebb.decode;

import dev.ebb.runtime.testing.FunctionClient;
import dev.ebb.runtime.testing.TinyModelResource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The packaged decode function as a process of its own, as a router starts it, but strict: it ends
 * with an error when the archive of its start does not fit.
 */
final class FunctionProcess implements AutoCloseable {
  private static final Path APP = Path.of("target", "quarkus-app").toAbsolutePath();

  private final Process process;
  private final Path log;
  private final FunctionClient client;

  private FunctionProcess(Process process, Path log, FunctionClient client) {
    this.process = process;
    this.log = log;
    this.client = client;
  }

  /**
   * @param folder for its log and arena
   * @param settings environment variables beside those that every function has
   */
  static FunctionProcess start(Path folder, Map<String, String> settings) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ProcessBuilder builder = new ProcessBuilder(List.of(java.toString(), "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC", "-Xmx1g", "-XX:AOTCache=app.aot", "-XX:AOTMode=on", "-jar",
        APP.resolve("quarkus-run.jar").toString()));
    int port = freePort();
    builder.environment().keySet().removeIf(name -> name.startsWith("EBB_") || name.startsWith("QUARKUS_"));
    builder.environment().putAll(Map.of(
        "EBB_MODEL_ID", TinyModelResource.MODEL,
        "EBB_ARENA_DIR", folder.resolve("arena").toString(),
        "QUARKUS_HTTP_HOST", "127.0.0.1",
        "QUARKUS_HTTP_PORT", Integer.toString(port)));
    builder.environment().putAll(settings);
    Path log = Files.createTempFile(folder, "decode-", ".log");
    Process process = builder.directory(APP.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new FunctionProcess(process, log, new FunctionClient(URI.create("http://127.0.0.1:" + port + "/")));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Waits until requests can be sent. */
  FunctionClient ready() {
    FunctionClient.await("readiness of the process", () -> {
      if (!process.isAlive()) {
        throw new AssertionError("it ended with " + process.exitValue() + ": " + output());
      }
      try {
        return client.get("/q/health/ready").statusCode() == 200;
      } catch (java.io.UncheckedIOException e) {
        return false; // not listening yet
      }
    });
    return client;
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("it runs on: " + output());
    }
    return process.exitValue();
  }

  /** All that it logged. */
  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}

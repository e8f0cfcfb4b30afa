package dev.ebb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ebb up} as a process of its own, with {@link FakeRouter} in the distribution's place for the router. */
class UpTest {
  private Process ebb;
  private int port;
  @TempDir Path folder;

  @BeforeEach
  void distribution() throws Exception {
    port = freePort();
    Path jar = folder.resolve("dist/router/quarkus-run.jar");
    Files.createDirectories(jar.getParent());
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, FakeRouter.class.getName());
    try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out, manifest)) {
      String name = FakeRouter.class.getName().replace('.', '/') + ".class";
      entries.putNextEntry(new JarEntry(name));
      entries.write(getClass().getResourceAsStream("/" + name).readAllBytes());
    }
    for (String model : List.of("tiny", "dies", "unusable", "ends", "slow")) {
      Files.writeString(folder.resolve(model + ".gguf"), "no model");
    }
  }

  @AfterEach
  void kill() throws Exception {
    if (ebb != null) {
      ebb.descendants().forEach(ProcessHandle::destroyForcibly);
      ebb.destroyForcibly().waitFor();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new java.util.ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
        // As the launcher sets it: a bare machine has no locale.
        "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8", "-Dstdin.encoding=UTF-8",
        "-cp", System.getProperty("java.class.path"), Ebb.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> env = builder.environment();
    env.put("EBB_HOME", folder.toString());
    env.put("EBB_DIST", folder.resolve("dist").toString());
    env.put("EBB_PORT", Integer.toString(port));
    builder.redirectOutput(folder.resolve("out").toFile()).redirectError(folder.resolve("err").toFile());
    ebb = builder.start();
    return ebb;
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }

  private void awaitText(String file, String text) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.exists(folder.resolve(file)) || !text(file).contains(text)) {
      assertTrue(System.nanoTime() < end && ebb.isAlive(), text("out") + text("err"));
      Thread.sleep(20);
    }
  }

  private int status() throws Exception {
    assertTrue(ebb.waitFor(60, TimeUnit.SECONDS), "ended");
    return ebb.exitValue();
  }

  @Test
  void servesSaysHowToCallItAndLeavesNothingBehind() throws Exception {
    start("up", "--model", folder.resolve("tiny.gguf").toString(), "--idle", "9");
    awaitText("out", "Three ways to call it");
    assertTrue(text("out").contains("http://127.0.0.1:" + port + "/v1/chat/completions"));
    assertTrue(text("out").contains("ce-type: dev.ebb.generate.requested"));
    assertEquals(4, text("out").split("temperature\"?[:=] ?0\\.2", -1).length, "in each of the three: " + text("out"));
    assertTrue(text("run/" + port + "/router.log").contains("serving " + folder.resolve("tiny.gguf") + " idle 9"));
    List<ProcessHandle> family = ebb.descendants().toList();
    assertEquals(2, family.size(), "the router and its child");
    String command = family.stream().map(each -> each.info().commandLine().orElse("")).reduce("", String::concat);
    assertTrue(command.contains("-Xmx1g") && command.contains("ErrorFile=" + folder.resolve("run/" + port)), command);
    ebb.destroy();
    assertEquals(0, status(), text("err"));
    for (ProcessHandle member : family) {
      member.onExit().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aRouterThatCannotStartIsShownWithItsLastWords() throws Exception {
    start("up", "--model", folder.resolve("dies.gguf").toString());
    assertEquals(1, status());
    String told = "the router ended while it started (status 3):\ncannot open the model";
    assertTrue(text("err").contains(told), text("err"));
  }

  @Test
  void aLocalFileThatIsUnusableIsNotLookedForInTheCache() throws Exception {
    Path file = folder.resolve("unusable.gguf");
    start("up", "--model", file.toString());
    assertEquals(1, status());
    assertTrue(text("err").contains(file + " cannot be used as a model"), text("err"));
    assertTrue(text("err").contains("ebb model inspect " + file), text("err"));
    assertFalse(text("err").contains("model rm"), text("err"));
  }

  @Test
  void anUnusableModelOfTheCacheIsToBeFetchedAgain() throws Exception {
    Files.writeString(Files.createDirectories(folder.resolve("models")).resolve("unusable.gguf"), "no model");
    start("up", "--model", "unusable");
    assertEquals(1, status());
    assertTrue(text("err").contains("ebb model rm unusable, then ebb model pull unusable"), text("err"));
  }

  @Test
  void aRouterThatIsKilledIsSaidToBe() throws Exception {
    start("up", "--model", folder.resolve("tiny.gguf").toString());
    awaitText("out", "Three ways to call it");
    ebb.descendants().filter(each -> each.info().commandLine().orElse("").contains("quarkus-run.jar"))
        .forEach(ProcessHandle::destroyForcibly);
    assertEquals(1, status());
    assertTrue(text("err").contains("the router ended by itself (signal 9)"), text("err"));
  }

  @Test
  void stoppingARouterThatStillStartsIsNoFailure() throws Exception {
    start("up", "--model", folder.resolve("slow.gguf").toString());
    awaitText("run/" + port + "/router.log", "loading");
    ebb.destroy();
    assertEquals(130, status(), text("err"));
    assertEquals("stopping\n", text("err"));
  }

  @Test
  void soIsOneThatEndsByItself() throws Exception {
    start("up", "--model", folder.resolve("ends.gguf").toString());
    assertEquals(1, status());
    assertTrue(text("err").contains("the router ended by itself (status 4)") && text("err").contains("out of memory"));
  }

  @Test
  void chatStartsARouterForItselfAndStopsIt() throws Exception {
    start("chat", "--model", folder.resolve("tiny.gguf").toString());
    try (OutputStream in = ebb.getOutputStream()) {
      in.write("hello\n".getBytes());
      in.flush();
      awaitText("out", "Hello é");
      List<ProcessHandle> family = ebb.descendants().toList();
      assertEquals(2, family.size());
      in.close();
      assertEquals(0, status(), text("err"));
      for (ProcessHandle member : family) {
        member.onExit().get(10, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void chatTakesAnotherPortWhenItsOwnIsTaken() throws Exception {
    try (ServerSocket other = new ServerSocket(port, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
      start("chat", "--model", folder.resolve("tiny.gguf").toString());
      ebb.getOutputStream().close();
      assertEquals(0, status(), text("err"));
      assertTrue(other.isBound());
      assertEquals(List.of(), runFolders());
    }
  }

  @Test
  void aRouterOnASparePortLeavesNoFolderWhenItIsStopped() throws Exception {
    try (OtherServer other = new OtherServer(port)) {
      start("generate", "forever", "--model", folder.resolve("tiny.gguf").toString());
      awaitText("out", "Hello é...");
      assertEquals(1, runFolders().size());
      ebb.destroy();
      assertEquals(128 + 15, status(), text("err"));
      assertEquals(List.of(), runFolders());
    }
  }

  @Test
  void aRouterOnASparePortThatCannotStartLeavesTheLogThatItsErrorNames() throws Exception {
    try (OtherServer other = new OtherServer(port)) {
      start("generate", "hi", "--model", folder.resolve("dies.gguf").toString());
      assertEquals(1, status());
      Path log = Path.of(text("err").replaceFirst("(?s).*all of it: ", "").strip());
      assertEquals("cannot open the model\n", Files.readString(log));
      assertEquals(List.of(log.getParent()), runFolders());
    }
  }

  private List<Path> runFolders() throws IOException {
    try (Stream<Path> folders = Files.list(folder.resolve("run"))) {
      return folders.toList();
    }
  }

  /** Holds a port and answers every request that there is no such thing. */
  private record OtherServer(HttpServer server) implements AutoCloseable {
    OtherServer(int port) throws IOException {
      this(HttpServer.create(new InetSocketAddress("127.0.0.1", port), 16));
      server.start();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @Test
  void twoInstancesRunSideBySide() throws Exception {
    try (FakeRouter first = new FakeRouter(0)) {
      start("up", "--model", folder.resolve("tiny.gguf").toString());
      awaitText("out", "Three ways to call it");
      assertTrue(!first.url().endsWith(":" + port));
    }
  }
}

package dev.ebb.router.app.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.kv.KvLayout;
import dev.ebb.router.app.config.ClusterSettings;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.config.RouterSettings.PlatformKind;
import dev.ebb.router.function.Backoff;
import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.HangWatch;
import dev.ebb.router.function.LifecycleLimits;
import dev.ebb.router.function.Phase;
import dev.ebb.router.request.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real processes: each is a small stand-in that answers the readiness check. */
class LocalFunctionTest {
  private static final LifecycleLimits LIMITS =
      new LifecycleLimits(60_000, 500, 60_000, 2, new Backoff(50, 60_000));

  @TempDir Path home;
  private volatile boolean needed;
  private volatile boolean wanted;
  private LocalFunction function;

  @BeforeEach
  void prepare() throws IOException {
    Path folder = Files.createDirectories(home.resolve("dist/decode"));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, StandInFunction.class.getName());
    String entry = StandInFunction.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream jar = new JarOutputStream(
            Files.newOutputStream(folder.resolve("quarkus-run.jar")), manifest);
        InputStream code = StandInFunction.class.getClassLoader().getResourceAsStream(entry)) {
      jar.putNextEntry(new JarEntry(entry));
      code.transferTo(jar);
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (function != null) {
      function.beginClose();
      function.awaitClosed(2_000);
      assertFalse(Files.exists(home.resolve("run/decode.pid")));
    }
  }

  @Test
  void startsWhenNeededAndStopsWhenNotWanted() throws Exception {
    begin(10);
    assertEquals(FunctionState.STOPPED, function.state());
    Endpoint first = need().get(60, TimeUnit.SECONDS);
    assertEquals(FunctionState.READY, function.state());
    assertEquals(first, function.ready().getNow(null), "at once the second time");
    String[] pidAndPort = Files.readString(home.resolve("run/decode.pid")).strip().split(" ");
    assertEquals(Integer.toString(first.port()), pidAndPort[1]);
    ProcessHandle process = ProcessHandle.of(Long.parseLong(pidAndPort[0])).orElseThrow();
    needed = false;
    wanted = false;
    await(() -> function.state() == FunctionState.STOPPED);
    assertFalse(process.isAlive());
    assertEquals(0, function.crashes());
    assertNotEquals(null, need().get(60, TimeUnit.SECONDS));
    assertEquals(2, function.starts());
  }

  @Test
  void aKilledProcessIsReplacedAndNobodyIsSentToIt() throws Exception {
    begin(10);
    Endpoint first = need().get(60, TimeUnit.SECONDS);
    process().destroyForcibly();
    function.suspect(first);
    Endpoint second = function.ready().get(60, TimeUnit.SECONDS);
    assertTrue(ReadyProbe.isReady(second));
    assertEquals(1, function.crashes());
  }

  /** Its connections stay open, so nothing but a question tells that it is gone. */
  @Test
  void oneThatTheSystemHasStoppedIsReplaced() throws Exception {
    begin(10);
    Endpoint first = need().get(60, TimeUnit.SECONDS);
    new ProcessBuilder("/bin/sh", "-c", "kill -STOP " + process().pid()).inheritIO().start().waitFor();
    await(() -> function.crashes() == 1);
    assertNotEquals(first, function.ready().get(60, TimeUnit.SECONDS));
    assertEquals(2, function.starts());
  }

  /** As when a call to it broke before it stopped: suspicion must not stand in the way of its end. */
  @Test
  void aSuspectedOneThatNeverAnswersAgainIsReplacedToo() throws Exception {
    begin(10);
    Endpoint first = need().get(60, TimeUnit.SECONDS);
    new ProcessBuilder("/bin/sh", "-c", "kill -STOP " + process().pid()).inheritIO().start().waitFor();
    function.suspect(first);
    assertNotEquals(first, function.ready().get(60, TimeUnit.SECONDS));
    assertEquals(1, function.crashes());
  }

  /** Without memory it would go on answering probes and nothing else. */
  @Test
  void oneThatRunsOutOfMemoryIsReplaced() throws Exception {
    begin(10);
    Endpoint first = need().get(60, TimeUnit.SECONDS);
    try (Socket socket = new Socket(first.host(), first.port())) {
      socket.getOutputStream().write("GET /exhaust HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      await(() -> function.crashes() == 1 && function.starts() == 2);
    }
  }

  @Test
  void aWronglySuspectedOneIsGivenOutAgain() throws Exception {
    begin(10);
    Endpoint first = need().get(60, TimeUnit.SECONDS);
    function.suspect(first);
    assertEquals(first, function.ready().get(60, TimeUnit.SECONDS));
    assertEquals(1, function.starts());
  }

  @Test
  void aStartThatFailsForGoodTellsTheWaitingWhy() throws Exception {
    order("refuse 22");
    begin(10);
    Refusal refusal = refused(need());
    assertTrue(refusal.getMessage().contains("cannot start (MODEL_UNUSABLE): the model is odd"), refusal::getMessage);
    assertEquals(Refusal.Kind.UNAVAILABLE, refusal.kind());
    assertTrue(refusal.retryAfterMs() > 30_000, "no use to come back at once");
    assertEquals(1, function.starts());
    assertEquals(refusal.getMessage(), refused(function.ready()).getMessage(), "told at once");
    assertEquals(1, function.starts());
  }

  @Test
  void aStartThatFailsOtherwiseIsTriedAgainBeforeTheWaitingAreTold() throws Exception {
    order("refuse 1");
    begin(10);
    refused(need());
    assertEquals(2, function.starts());
  }

  @Test
  void aMissingDistributionIsNamed() throws Exception {
    Files.delete(home.resolve("dist/decode/quarkus-run.jar"));
    begin(10);
    assertTrue(refused(need()).getMessage().contains("make build"));
  }

  /** As on a full disk: a process that no file names would run on unseen. */
  @Test
  void aProcessThatCannotBeWrittenDownIsEnded() throws Exception {
    Path inTheWay = Files.createDirectories(home.resolve("run/decode.pid/x"));
    begin(10);
    assertTrue(refused(need()).getMessage().contains("cannot be started"));
    await(() -> ProcessHandle.current().children().noneMatch(this::isMine));
    Files.delete(inTheWay);
    Files.delete(inTheWay.getParent());
  }

  private boolean isMine(ProcessHandle child) {
    return child.info().commandLine().orElse("").contains(home.toString());
  }

  @Test
  void oneThatDoesNotStopIsKilled() throws Exception {
    order("deaf");
    begin(10);
    need().get(60, TimeUnit.SECONDS);
    ProcessHandle process = process();
    needed = false;
    wanted = false;
    await(() -> !process.isAlive());
  }

  @Test
  void thoseBeyondTheWaitingPlaceAreToldToComeBack() throws Exception {
    begin(2);
    CompletableFuture<Endpoint> first = need();
    CompletableFuture<Endpoint> second = function.ready();
    assertEquals(Refusal.Kind.TOO_MANY, refused(function.ready()).kind());
    first.get(60, TimeUnit.SECONDS);
    second.get(60, TimeUnit.SECONDS);
  }

  @Test
  void thoseWhoWaitWhenTheRouterEndsAreTold() throws Exception {
    begin(10);
    CompletableFuture<Endpoint> waiting = need();
    function.beginClose();
    assertEquals("stopping", refused(waiting).code());
  }

  private void begin(int parkedMax) {
    RouterSettings settings = new RouterSettings("m", Path.of("m.gguf"), PlatformKind.LOCAL,
        Optional.of(home.resolve("dist")), Optional.of(home.resolve("run")), Optional.empty(), Optional.empty(), 0, 1,
        1_000, 1_000, 1_024, 1_024, parkedMax, 0, 0, 16, KvLayout.Type.F16, 0, 0, ClusterSettings.none());
    function = new LocalFunction(Phase.DECODE, new ProcessLauncher(settings), LIMITS, new HangWatch(50, 300), parkedMax,
        () -> needed, () -> wanted, () -> System.nanoTime() / 1_000_000);
  }

  private CompletableFuture<Endpoint> need() {
    needed = true;
    wanted = true;
    return function.ready();
  }

  private void order(String order) throws IOException {
    Files.writeString(home.resolve("dist/decode/order"), order);
  }

  private ProcessHandle process() throws IOException {
    String pid = Files.readString(home.resolve("run/decode.pid")).split(" ")[0];
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  private static Refusal refused(CompletableFuture<Endpoint> place) {
    ExecutionException thrown = assertThrows(ExecutionException.class, () -> place.get(60, TimeUnit.SECONDS));
    return (Refusal) thrown.getCause();
  }

  private static void await(BooleanSupplier holds) throws InterruptedException {
    for (int i = 0; i < 3_000 && !holds.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertTrue(holds.getAsBoolean());
  }
}

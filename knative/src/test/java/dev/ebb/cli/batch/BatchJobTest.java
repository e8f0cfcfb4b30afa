package dev.ebb.cli.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.ebb.cli.CliException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchJobTest {
  private static final String EVENT = """
      {"specversion": "1.0", "id": "e1", "source": "/me", "type": "dev.ebb.generate.requested",
       "data": {"model": "tiny", "prompt": "x"}}""";

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<Boolean> again = new CopyOnWriteArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private volatile int routerStatus = 200;
  private final AtomicInteger sinkFailures = new AtomicInteger();

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 4);
    server.createContext("/", exchange -> {
      again.add(exchange.getRequestHeaders().containsKey("x-ebb-again"));
      asked.add(exchange.getRequestHeaders().getFirst("content-type") + " "
          + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      exchange.getResponseHeaders().add("ce-id", "cmpl-1");
      exchange.getResponseHeaders().add("content-type", "application/json");
      byte[] body = (routerStatus == 200 ? "{\"text\": \"y\"}" : "{\"error\": {\"message\": \"no such thing\"}}")
          .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(routerStatus, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.createContext("/sink", exchange -> {
      told.add(exchange.getRequestHeaders().getFirst("ce-id") + " "
          + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      exchange.sendResponseHeaders(sinkFailures.getAndDecrement() > 0 ? 503 : 202, -1);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void answerGoesToTheSinkAsItCame() throws Exception {
    assertEquals(Outcome.ANSWERED, run(EVENT, "tiny=" + url()));
    assertEquals(List.of("application/cloudevents+json " + EVENT), asked);
    assertEquals(List.of("cmpl-1 {\"text\": \"y\"}"), told);
    assertEquals(List.of(true), again, "an answer that an earlier attempt lost must not be refused");
  }

  /** As Knative's JobSink has it: the variable names the folder, not the file. */
  @Test
  void theEventMayBeNamedByItsFolder() throws Exception {
    Map<String, String> env = env(EVENT, "tiny=" + url());
    env.put("K_EVENT_PATH", folder.toString());
    assertEquals(Outcome.ANSWERED, run(env));
    assertEquals(1, told.size());
  }

  @Test
  void withoutSinkTheAnswerIsPrinted() throws Exception {
    Map<String, String> env = env(EVENT, "tiny=" + url());
    env.remove("EBB_BATCH_SINK");
    assertEquals(Outcome.ANSWERED, run(env));
    assertEquals("{\"text\": \"y\"}", out.toString(StandardCharsets.UTF_8).strip());
  }

  @Test
  void refusalIsToldOnceAndFinal() throws Exception {
    routerStatus = 400;
    assertEquals(Outcome.REFUSED, run(EVENT, "tiny=" + url()));
    assertEquals(1, told.size());
    assertTrue(told.getFirst().contains("dev.ebb.generate.failed") && told.getFirst().contains("no such thing")
        && told.getFirst().contains("\"subject\":\"e1\",\"causationid\":\"e1\""), told::toString);
    assertEquals(3, Outcome.REFUSED.status());
    assertEquals(Outcome.REFUSED, run(EVENT, "tiny=" + url()));
    assertEquals(told.get(0), told.get(1), "the same event fails by the same event");
    run(EVENT.replace("/me", "/you"), "tiny=" + url());
    assertNotEquals(told.get(0), told.get(2), "the same id of another source is another event");
  }

  @Test
  void whatMayPassIsTriedAgainAndNobodyIsTold() throws Exception {
    for (int status : List.of(408, 429, 500, 503)) {
      routerStatus = status;
      assertEquals(Outcome.FAILED, run(EVENT, "tiny=" + url()), () -> "after " + status);
    }
    server.stop(0);
    assertEquals(Outcome.FAILED, run(EVENT, "tiny=" + url()));
    assertEquals(List.of(), told);
  }

  @Test
  void aSinkThatIsAwayForAWhileGetsTheOneAnswerLater() throws Exception {
    sinkFailures.set(5);
    assertEquals(Outcome.ANSWERED, run(EVENT, "tiny=" + url()));
    assertEquals(6, told.size());
    assertEquals(1, asked.size(), "nothing was computed again");
    assertEquals("", out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aSinkThatTakesNothingMakesAnotherAttempt() throws Exception {
    sinkFailures.set(Integer.MAX_VALUE);
    assertEquals(Outcome.FAILED, run(EVENT, "tiny=" + url()));
    assertEquals("{\"text\": \"y\"}", out.toString(StandardCharsets.UTF_8).strip(), "not lost altogether");
    routerStatus = 400;
    assertEquals(Outcome.FAILED, run(EVENT, "tiny=" + url()));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("/sink answered 503 (attempt 6 of 6)"), err::toString);
  }

  @Test
  void theModelChoosesTheRouter() throws Exception {
    assertEquals(Outcome.ANSWERED, run(EVENT, "other=http://127.0.0.1:1 tiny=" + url()));
    String named = EVENT.replace("\"data\"", "\"model\": \"nobody\", \"data\"");
    assertEquals(Outcome.REFUSED, run(named, "tiny=" + url()));
    assertTrue(told.getLast().contains("nobody") && told.getLast().contains("tiny"), told::toString);
    assertEquals(Outcome.REFUSED, run(EVENT.replace("\"model\": \"tiny\", ", ""), "a=" + url() + " b=" + url()));
  }

  @Test
  void whatIsNoEventIsRefused() throws Exception {
    assertEquals(Outcome.REFUSED, run("[1", "tiny=" + url()));
    assertEquals(List.of(), asked);
  }

  @Test
  void settingsThatCannotStandAreNamed() throws IOException {
    for (Map.Entry<String, String> wrong : Map.of("K_EVENT_PATH", "", "EBB_ROUTERS", "tiny", "EBB_BATCH_SINK", "x",
        "EBB_REQUEST_TIMEOUT_SECONDS", "soon").entrySet()) {
      Map<String, String> env = env(EVENT, "tiny=" + url());
      env.put(wrong.getKey(), wrong.getValue());
      String message = assertThrows(CliException.class, () -> run(env)).getMessage();
      assertTrue(message.contains(wrong.getKey()), message);
    }
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private Map<String, String> env(String event, String routers) throws IOException {
    Path file = Files.writeString(folder.resolve("event"), event);
    return new HashMap<>(Map.of("K_EVENT_PATH", file.toString(), "EBB_ROUTERS", routers, "EBB_BATCH_SINK",
        url() + "/sink"));
  }

  private Outcome run(String event, String routers) throws Exception {
    return run(env(event, routers));
  }

  private Outcome run(Map<String, String> env) throws Exception {
    return new BatchJob(env, new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8), Duration.ofMillis(1)).run();
  }
}

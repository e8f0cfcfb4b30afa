package dev.ebb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.cli.client.RouterClient;
import dev.ebb.cli.term.Terminal;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TalkTest {
  private FakeRouter router;

  @BeforeEach
  void start() throws Exception {
    router = new FakeRouter(0);
  }

  @AfterEach
  void stop() {
    router.close();
  }

  private CommandRun run(String input, boolean terminal, String... arguments) {
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--url";
    all[arguments.length + 1] = router.url();
    return CommandRun.of(Map.of("EBB_HOME", "/nonexistent"), input, terminal, all);
  }

  @Test
  void generateStreamsOneAnswer() {
    CommandRun run = run("", false, "generate", "why", "so?", "--max-tokens", "5", "--temperature", "0", "--seed", "7");
    assertEquals(0, run.status(), run.err());
    assertEquals("Hello é\n", run.out());
    assertEquals("{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"why so?\"}],"
        + "\"stream\":true,\"max_tokens\":5,\"temperature\":0.0,\"seed\":7}", router.bodies.get(0));
  }

  @Test
  void samplingThatWasNotAskedForIsTheCatalogues() {
    router.model = "smollm2-135m-instruct";
    run("", false, "generate", "x");
    run("hello\n", false, "chat");
    run("", false, "generate", "x", "--temperature", "0.5", "--top-p", "0.7");
    assertTrue(router.bodies.get(0).contains("\"temperature\":0.2,\"top_p\":0.9"), router.bodies.get(0));
    assertTrue(router.bodies.get(1).contains("\"temperature\":0.2,\"top_p\":0.9"), router.bodies.get(1));
    assertTrue(router.bodies.get(2).contains("\"temperature\":0.5,\"top_p\":0.7"), router.bodies.get(2));
    router.model = "own";
    run("", false, "generate", "x");
    assertFalse(router.bodies.get(3).contains("temperature"), "left to the router: " + router.bodies.get(3));
  }

  @Test
  void generateReadsStandardInputAndPrintsJson() {
    CommandRun run = run("from a pipe\n", false, "generate", "-", "--json");
    assertTrue(run.out().contains("\"content\" : \"whole\""), run.out());
    assertTrue(router.bodies.get(0).contains("\"content\":\"from a pipe\""));
  }

  @Test
  void errorsOfTheRouterAreOneSentence() {
    assertEquals("ebb: the router refused (400): no such thing\n", run("", false, "generate", "refuse").err());
    assertEquals("Hello é\n", run("", false, "generate", "fail").out(), "what came ends with its line");
    assertTrue(run("", false, "generate", "fail").err().contains("decode died"));
    assertTrue(run("", false, "generate", "break").err().contains("the answer broke off"));
    CommandRun other = run("", false, "generate", "x", "--model", "smollm2-135m-instruct");
    assertTrue(other.err().contains("serves tiny, not smollm2-135m-instruct"), other.err());
  }

  @Test
  void aPipedChatPrintsAnswersOnlyAndKeepsHistory() {
    CommandRun run = run("one\n\ntwo\n", false, "chat", "--system", "be brief");
    assertEquals(0, run.status(), run.err());
    assertEquals("Hello é\nHello é\n", run.out());
    assertEquals("", run.err());
    String second = router.bodies.get(1);
    assertTrue(second.contains("{\"role\":\"system\",\"content\":\"be brief\"},{\"role\":\"user\",\"content\":\"one\"},"
        + "{\"role\":\"assistant\",\"content\":\"Hello é\"},{\"role\":\"user\",\"content\":\"two\"}"), second);
  }

  @Test
  void aPipedChatEndsAtAnError() {
    CommandRun run = run("refuse\nnever asked\n", false, "chat");
    assertEquals(1, run.status());
    assertEquals(1, router.bodies.size());
  }

  @Test
  void commandsOfAConversation() throws Exception {
    String input = "one\n/clear\n/help\n/nonsense\nrefuse this\n\"\"\"two\nlines\"\"\"\n/exit\nnever asked\n";
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    converse(input, new ByteArrayOutputStream(), err);
    String shown = err.toString(StandardCharsets.UTF_8);
    assertTrue(shown.contains(">>> forgotten") && shown.contains("stop the answer"), shown);
    assertTrue(shown.contains("no command /nonsense"), shown);
    assertTrue(shown.contains("error: the router refused (400): no such thing"), shown);
    assertEquals(3, router.bodies.size());
    assertTrue(router.bodies.get(2).contains("\"messages\":[{\"role\":\"user\",\"content\":\"two\\nlines\"}]"),
        "neither what was forgotten nor what was refused is in the history: " + router.bodies.get(2));
  }

  @Test
  void anErrorIsNotGluedToTheAnswerAndARouterThatIsGoneIsMissed() throws Exception {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    Conversation conversation = conversation(both, both);
    String input = "fail\nbreak\n";
    conversation.run(new BufferedReader(new StringReader(input)));
    router.close();
    conversation.run(new BufferedReader(new StringReader("anyone?\n")));
    String shown = both.toString(StandardCharsets.UTF_8);
    assertTrue(shown.contains("Hello é\nerror: the router refused: decode died"), shown);
    assertTrue(shown.contains("Hello é\nerror: the answer broke off"), shown);
    assertTrue(shown.contains(">>> error: no router answers at " + router.url() + "; start one with ebb up"), shown);
  }

  @Test
  void aMessageOfSeveralLinesIsPromptedForLineByLine() throws Exception {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    converse("\"\"\"one\ntwo\nthree\"\"\"\n", new ByteArrayOutputStream(), err);
    String shown = err.toString(StandardCharsets.UTF_8);
    assertTrue(shown.contains(">>> ... ... >>> "), shown);
  }

  @Test
  void anInterruptEndsTheAnswerAndTheServersWork() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Conversation conversation = conversation(out, err);
    Thread ctrlC = Thread.ofPlatform().start(() -> {
      awaitText(out, "...");
      conversation.interrupt();
    });
    conversation.run(new BufferedReader(new StringReader("forever\nand then\n")));
    ctrlC.join();
    String shown = out.toString(StandardCharsets.UTF_8);
    assertTrue(shown.contains("... [stopped]\nHello é\n") || shown.matches("(?s).*\\.+ \\[stopped]\nHello é\n"), shown);
    assertTrue(router.cancelled.await(5, TimeUnit.SECONDS), "the server saw the connection close");
    assertFalse(router.bodies.get(1).contains("[stopped]"));
  }

  @Test
  void anInterruptAtThePromptSaysHowToLeave() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    conversation(new ByteArrayOutputStream(), err).interrupt();
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("/exit or Ctrl-D leaves"));
  }

  @Test
  void statusShowsHealthModelsAndFunctions() {
    CommandRun run = run("", false, "status");
    assertEquals(0, run.status(), run.err());
    String[] lines = run.out().split("\n");
    assertTrue(lines[0].matches("router +" + router.url() + ", ready"), lines[0]);
    assertTrue(lines[1].matches("models +tiny"), lines[1]);
    assertTrue(lines[2].matches("tiny decode +ready"), lines[2]);
    assertTrue(lines[3].matches("demand tiny decode +2"), lines[3]);
  }

  private static void awaitText(ByteArrayOutputStream out, String text) {
    while (!out.toString(StandardCharsets.UTF_8).contains(text)) {
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void converse(String input, ByteArrayOutputStream out, ByteArrayOutputStream err) throws Exception {
    conversation(out, err).run(new BufferedReader(new StringReader(input)));
  }

  private Conversation conversation(ByteArrayOutputStream out, ByteArrayOutputStream err) {
    Terminal terminal = new Terminal(true, true, true, 80, new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Conversation(new RouterClient(router.url()), "tiny", new AskOptions(), terminal);
  }
}

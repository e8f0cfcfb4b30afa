package dev.ebb.cli.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.cli.CliException;
import dev.ebb.cli.term.Progress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubSourceTest {
  private static final String PATH = "/org/repo/resolve/main/file.gguf";
  private final byte[] content = new byte[300_000];
  private String sha256;
  private FakeHub server;
  @TempDir Path folder;

  @BeforeEach
  void start() throws Exception {
    new Random(1).nextBytes(content);
    MessageDigest digest = Digest.sha256();
    digest.update(content);
    sha256 = Digest.hex(digest);
    server = new FakeHub();
    server.files.put(PATH, content);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ModelSource.Fetched pull(String token) throws Exception {
    ModelRef.Hub ref = new ModelRef.Hub("org/repo", "file.gguf");
    return new HubSource("file", ref, server.hub(token)).fetch(folder.resolve("partial"), Progress.NONE);
  }

  @Test
  void aRedirectToNowhereIsNamedAtOnce() {
    server.redirects = true;
    for (String location : List.of("http://[oops/x", "ftp://127.0.0.2/x", "http:///x", "a b")) {
      server.location = location;
      server.requests.clear();
      String message = refusal("");
      assertTrue(message.contains(" redirects to '" + location + "', which is no address of the web"), message);
      assertEquals(1, server.requests.size(), "another try brings the same");
    }
  }

  private void assertPulled(ModelSource.Fetched fetched) throws Exception {
    assertArrayEquals(content, Files.readAllBytes(fetched.path()));
    assertEquals(sha256, fetched.sha256());
  }

  private String refusal(String token) {
    String message = assertThrows(CliException.class, () -> pull(token)).getMessage();
    assertFalse(Files.exists(folder.resolve("partial/model.gguf")), "no file under the complete name");
    return message;
  }

  @Test
  void fetchesAFile() throws Exception {
    assertPulled(pull(""));
    assertEquals(1, server.requests.size());
    assertNull(server.requests.get(0).authorization());
  }

  @Test
  void aHubThatIsDownOrUnknownIsNamed() {
    for (String host : List.of("127.0.0.1:1", "nohost.invalid")) {
      Hub hub = new Hub(URI.create("http://" + host), "", Duration.ofMillis(1), Duration.ofMillis(500));
      HubSource source = new HubSource("file", new ModelRef.Hub("org/repo", "file.gguf"), hub);
      String message = assertThrows(CliException.class, () -> source.fetch(folder, Progress.NONE)).getMessage();
      assertTrue(message.contains("(no connection to " + host) || message.contains("(the host " + host), message);
    }
  }

  @Test
  void keepsTheTokenFromTheStore() throws Exception {
    server.redirects = true;
    server.linkedEtag = sha256;
    assertPulled(pull("secret"));
    assertEquals(List.of("127.0.0.1", "127.0.0.2"), server.requests.stream().map(FakeHub.Request::host).toList());
    assertEquals("Bearer secret", server.requests.get(0).authorization());
    assertNull(server.requests.get(1).authorization());
  }

  @Test
  void goesOnAfterBrokenConnections() throws Exception {
    server.failuresLeft.set(7);
    server.breakAfter = 40_000;
    assertPulled(pull(""));
    assertEquals(8, server.requests.size(), "more breaks than tries, but each made progress");
    assertNull(server.ranges().get(0));
    assertTrue(server.ranges().stream().skip(1).allMatch(range -> range.matches("bytes=\\d+-")), "" + server.ranges());
  }

  @Test
  void goesOnInALaterRun() throws Exception {
    interruptPull();
    long there = Files.size(folder.resolve("partial/file.gguf.part"));
    assertTrue(there > 0 && there < content.length, there + " bytes");
    assertPulled(pull(""));
    assertEquals("bytes=" + there + "-", server.ranges().get(1));
  }

  @Test
  void aCompleteFileIsCheckedInALaterRunAndNotAskedForAgain() throws Exception {
    server.redirects = true;
    server.linkedEtag = sha256;
    assertThrows(InterruptedException.class, () -> pullAndInterruptAt(content.length));
    int before = server.requests.size();
    assertPulled(pull(""));
    assertEquals(before, server.requests.size(), "no further request: " + server.ranges());
  }

  @Test
  void aCompleteFileThatIsWrongIsThrownAwayInALaterRun() throws Exception {
    server.redirects = true;
    server.linkedEtag = sha256;
    assertThrows(InterruptedException.class, () -> pullAndInterruptAt(content.length));
    Files.write(folder.resolve("partial/file.gguf.part"), new byte[content.length]);
    assertTrue(refusal("").contains("arrived damaged"));
    assertPulled(pull(""));
  }

  private void interruptPull() {
    assertThrows(InterruptedException.class, () -> pullAndInterruptAt(1));
  }

  /** Interrupts itself once so much has come, as a Ctrl-C would end the command there. */
  private void pullAndInterruptAt(long bytes) throws Exception {
    Thread self = Thread.currentThread();
    Progress interrupting = new Progress() {
      @Override
      public void begin(String what, long bytesTotal) {}

      @Override
      public void at(long bytesDone) {
        if (bytesDone >= bytes) {
          self.interrupt();
        }
      }

      @Override
      public void end() {}
    };
    ModelRef.Hub ref = new ModelRef.Hub("org/repo", "file.gguf");
    new HubSource("file", ref, server.hub("")).fetch(folder.resolve("partial"), interrupting);
  }

  @Test
  void startsOverWhenTheFileChanged() throws Exception {
    interruptPull();
    content[0]++;
    server.etag = "\"v2\"";
    MessageDigest digest = Digest.sha256();
    digest.update(content);
    sha256 = Digest.hex(digest);
    assertPulled(pull(""));
  }

  @Test
  void startsOverWhenTheServerKnowsNoRanges() throws Exception {
    server.honoursRange = false;
    server.failuresLeft.set(2);
    server.breakAfter = 100_000;
    assertPulled(pull(""));
    assertEquals(3, server.requests.size());
  }

  @Test
  void startsOverWhenTheHalfFileIsTooLong() throws Exception {
    interruptPull();
    Files.write(folder.resolve("partial/file.gguf.part"), Arrays.copyOf(content, content.length + 1));
    server.files.put(PATH, Arrays.copyOf(content, 200_000));
    byte[] shorter = Arrays.copyOf(content, 200_000);
    server.etag = "\"v3\"";
    assertArrayEquals(shorter, Files.readAllBytes(pull("").path()));
  }

  @Test
  void throwsAWrongFileAway() throws Exception {
    server.redirects = true;
    server.linkedEtag = "0".repeat(64);
    assertTrue(refusal("").contains("arrived damaged"));
    server.linkedEtag = sha256;
    assertPulled(pull(""));
  }

  @Test
  void retriesAServerThatIsBusy() throws Exception {
    server.failuresLeft.set(3);
    assertPulled(pull(""));
    assertEquals(4, server.requests.size());
  }

  @Test
  void givesUpOnAServerThatStaysBusy() {
    server.failuresLeft.set(1000);
    String message = refusal("");
    assertTrue(message.contains("answered 503") && message.contains("goes on from there"), message);
    assertEquals(5, server.requests.size());
  }

  @Test
  void givesUpOnAServerThatIsNotThere() {
    Hub hub = server.hub("");
    server.close();
    HubSource source = new HubSource("file", new ModelRef.Hub("org/repo", "file.gguf"), hub);
    String message = assertThrows(CliException.class, () -> source.fetch(folder.resolve("p"), Progress.NONE))
        .getMessage();
    assertTrue(message.startsWith("cannot fetch http://127.0.0.1"), message);
  }

  @Test
  void saysWhatARefusalMeans() {
    server.files.clear();
    assertTrue(refusal("").contains("does not exist (404); check organisation"));
    server.files.put(PATH, content);
    server.failureStatus = 401;
    server.failuresLeft.set(2);
    assertTrue(refusal("").contains("set HF_TOKEN"));
    assertTrue(refusal("mine").contains("refused the token"));
    server.failureStatus = 418;
    server.failuresLeft.set(1);
    assertTrue(refusal("").contains("status 418"));
  }

  @Test
  void aSilentServerIsABrokenConnection() throws Exception {
    server.silentAfter = 50_000;
    server.failuresLeft.set(1);
    assertPulled(pull(""));
    assertTrue(server.ranges().get(1).matches("bytes=[1-9]\\d*-"), "" + server.ranges());
  }

  @Test
  void fetchesAFolderOfSafetensors() throws Exception {
    offer("config.json", "tokenizer.json", "tokenizer_config.json", "a.safetensors", "b.safetensors");
    String index = "{\"weight_map\": {\"x\": \"a.safetensors\", \"y\": \"b.safetensors\", \"z\": \"a.safetensors\"}}";
    server.files.put("/org/repo/resolve/main/model.safetensors.index.json", index.getBytes(StandardCharsets.UTF_8));
    Path model = pullFolder();
    assertEquals("b.safetensors", Files.readString(model.resolve("b.safetensors")));
    assertEquals(6, model.toFile().list().length);
  }

  @Test
  void fetchesWhatElseAFolderMayHold() throws Exception {
    offer("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors", "chat_template.jinja",
        "generation_config.json");
    Path model = pullFolder();
    assertEquals("chat_template.jinja", Files.readString(model.resolve("chat_template.jinja")));
    assertEquals("generation_config.json", Files.readString(model.resolve("generation_config.json")));
    assertEquals(6, model.toFile().list().length);
  }

  @Test
  void aFolderMustHoldTheRest() {
    offer("config.json", "tokenizer_config.json", "model.safetensors", "chat_template.jinja");
    String message = assertThrows(CliException.class, this::pullFolder).getMessage();
    assertTrue(message.contains("tokenizer.json does not exist (404)"), message);
  }

  private void offer(String... names) {
    server.files.clear();
    for (String name : names) {
      server.files.put("/org/repo/resolve/main/" + name, name.getBytes(StandardCharsets.UTF_8));
    }
  }

  private Path pullFolder() throws Exception {
    HubSource source = new HubSource("repo", new ModelRef.Hub("org/repo", ""), server.hub(""));
    return source.fetch(folder.resolve("partial"), Progress.NONE).path();
  }

  @Test
  void refusesWhatCannotBeRead() {
    for (String file : List.of("big-00001-of-00003.gguf", "pytorch_model.bin")) {
      HubSource source = new HubSource("x", new ModelRef.Hub("org/repo", file), server.hub(""));
      assertThrows(CliException.class, () -> source.fetch(folder.resolve("partial"), Progress.NONE));
    }
    assertTrue(server.requests.isEmpty());
  }
}

package dev.ebb.cli.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.cli.CliException;
import dev.ebb.cli.term.Progress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model takes the place of one of the same id that came from elsewhere. */
class ReplaceTest {
  private static final String ONE = "hf://o/one/m.gguf";
  private static final String TWO = "hf://o/two/m.gguf";
  private static final String FOLDER = "hf://o/folder";
  private static final Optional<String> ID = Optional.of("m");
  private final List<String> notes = new ArrayList<>();
  private FakeHub server;
  @TempDir Path folder;

  @BeforeEach
  void start() throws Exception {
    server = new FakeHub();
    server.files.put("/o/one/resolve/main/m.gguf", bytes("one"));
    server.files.put("/o/two/resolve/main/m.gguf", bytes("two"));
    repository("folder", "weights");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void repository(String name, String weights) {
    for (String file : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      server.files.put("/o/" + name + "/resolve/main/" + file, bytes(name));
    }
    server.files.put("/o/" + name + "/resolve/main/model.safetensors", bytes(weights));
  }

  private ModelCache cache() {
    return new ModelCache(folder.resolve("models"));
  }

  private Puller puller() {
    return new Puller(cache(), Map.of("HF_ENDPOINT", server.endpoint()), Progress.NONE, notes::add);
  }

  private CachedModel replace(String name) throws Exception {
    return puller().replace(ModelRef.parse(name), ID);
  }

  private void assertThere(String name, String path, String content) throws Exception {
    CachedModel found = cache().find("m").orElseThrow();
    assertEquals(name, found.origin());
    assertEquals(content, Files.readString(folder.resolve("models").resolve(path)));
    assertTrue(folder.resolve("models").resolve(path).startsWith(found.path()), found.path().toString());
    assertFalse(Files.exists(cache().partial("m")), "nothing of the one before is left");
  }

  @Test
  void aFileTakesThePlaceOfAFile() throws Exception {
    replace(ONE);
    assertEquals(Digest.of(replace(TWO).path()), cache().find("m").orElseThrow().sha256());
    assertThere(TWO, "m.gguf", "two");
    assertEquals("pulling m from " + TWO + ", instead of the one from " + ONE, notes.getLast());
  }

  @Test
  void theOtherFormGoes() throws Exception {
    replace(ONE);
    replace(FOLDER);
    assertThere(FOLDER, "m/model.safetensors", "weights");
    assertFalse(Files.exists(folder.resolve("models/m.gguf")));
    replace(TWO);
    assertThere(TWO, "m.gguf", "two");
    assertFalse(Files.exists(folder.resolve("models/m")));
    assertEquals(List.of("m"), cache().list().stream().map(CachedModel::id).toList());
  }

  @Test
  void aFolderTakesThePlaceOfAFolder() throws Exception {
    repository("other", "more");
    server.files.put("/o/folder/resolve/main/chat_template.jinja", bytes("of the first alone"));
    replace(FOLDER);
    replace("hf://o/other");
    assertThere("hf://o/other", "m/model.safetensors", "more");
    assertFalse(Files.exists(folder.resolve("models/m/chat_template.jinja")));
  }

  @Test
  void theOldStaysUntilTheNewIsWhole() throws Exception {
    replace(ONE);
    server.files.remove("/o/two/resolve/main/m.gguf");
    assertThrows(CliException.class, () -> replace(TWO));
    assertEquals(ONE, cache().find("m").orElseThrow().origin());
    assertArrayEquals(bytes("one"), Files.readAllBytes(folder.resolve("models/m.gguf")));
    assertEquals("m", puller().pull(ModelRef.parse(ONE), ID).id(), "and is as good as before");
  }

  @Test
  void theSameIsNotFetchedAgain() throws Exception {
    replace(ONE);
    replace(ONE);
    assertEquals(1, server.requests.size());
  }

  @Test
  void aFileOfNoOriginIsLetBe() throws Exception {
    Path own = Files.createDirectories(folder.resolve("models")).resolve("m.gguf");
    Files.writeString(own, "own");
    assertEquals(own, replace(ONE).path());
    assertEquals("own", Files.readString(own));
    assertEquals(0, server.requests.size());
  }

  /** As where a Job was killed between the two names: neither origin may be believed. */
  @Test
  void whatWasHalfReplacedIsReplacedAnew() throws Exception {
    replace(ONE);
    Path sidecar = folder.resolve("models/m.json");
    Files.writeString(sidecar, Files.readString(sidecar).replace(ONE, ONE + ", half replaced by " + TWO));
    String refusal = assertThrows(CliException.class, () -> puller().pull(ModelRef.parse(TWO), ID)).getMessage();
    assertTrue(refusal.contains("ebb model pull --replace"), refusal);
    replace(TWO);
    assertThere(TWO, "m.gguf", "two");
  }

  @Test
  void whatAnotherPullLeftHalfDoneIsNotMixedIn() throws Exception {
    server.files.remove("/o/folder/resolve/main/model.safetensors");
    assertThrows(CliException.class, () -> replace(FOLDER));
    assertTrue(Files.exists(cache().partial("m").resolve("model/config.json")));
    repository("other", "more");
    replace("hf://o/other");
    assertThere("hf://o/other", "m/config.json", "other");
  }

  @Test
  void whatTheSamePullLeftHalfDoneIsGoneOnWith() throws Exception {
    server.files.remove("/o/folder/resolve/main/model.safetensors");
    assertThrows(CliException.class, () -> replace(FOLDER));
    repository("folder", "weights");
    server.requests.clear();
    replace(FOLDER);
    assertFalse(server.requests.stream().anyMatch(one -> one.path().endsWith("/config.json")), "" + server.requests);
  }
}

package dev.ebb.cli.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.cli.CliException;
import dev.ebb.cli.term.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PullerTest {
  private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
  @TempDir Path folder;

  private Puller puller(Map<String, String> env) {
    return new Puller(new ModelCache(folder.resolve("models")), env, Progress.NONE, notes::add);
  }

  private CachedModel pull(String name) throws Exception {
    return puller(Map.of()).pull(ModelRef.parse(name), Optional.empty());
  }

  private String refusal(String name) {
    return assertThrows(CliException.class, () -> pull(name)).getMessage();
  }

  @Test
  void copiesALocalFile() throws Exception {
    Path file = Files.writeString(folder.resolve("My.gguf"), "weights");
    CachedModel model = pull(file.toString());
    assertEquals("my", model.id());
    assertEquals(file.toString(), model.origin());
    assertEquals("weights", Files.readString(model.path()));
    assertEquals(Digest.of(file), model.sha256());
  }

  @Test
  void aLocalFileThatChangedIsCopiedAgain() throws Exception {
    Path file = Files.writeString(folder.resolve("My.gguf"), "weights");
    FileTime time = Files.getLastModifiedTime(file);
    pull(file.toString());
    Files.setLastModifiedTime(Files.writeString(file, "WEIGHTS"), time);
    CachedModel sameSize = pull(file.toString());
    assertEquals("WEIGHTS", Files.readString(sameSize.path()));
    assertEquals(Digest.of(file), sameSize.sha256());
    Files.writeString(file, "more weights");
    assertEquals("more weights", Files.readString(pull(file.toString()).path()));
    assertEquals(3, notes.size(), "each copy is told: " + notes);
  }

  @Test
  void aLocalFileThatIsTheSameIsNotCopiedAgain() throws Exception {
    Path file = Files.writeString(folder.resolve("My.gguf"), "weights");
    pull(file.toString());
    Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 10_000));
    assertEquals("weights", Files.readString(pull(file.toString()).path()));
    assertEquals(1, notes.size(), "" + notes);
  }

  @Test
  void aLocalFileRunsWhereItLies() throws Exception {
    Path file = Files.writeString(folder.resolve("My.gguf"), "weights");
    CachedModel model = puller(Map.of()).ready(ModelRef.parse(file.toString()));
    assertEquals(file, model.path());
    assertTrue(notes.isEmpty());
  }

  @Test
  void saysWhatThereIsNot() {
    assertTrue(refusal("nope").contains("no model 'nope'; known are smollm2-135m-instruct, "));
    assertTrue(refusal("/no/such.gguf").contains("no model file at /no/such.gguf"));
    assertTrue(refusal(folder.toString()).contains("run it where it lies"));
  }

  @Test
  void twoSourcesOfOneNameAreNotMixedUp() throws Exception {
    Path one = Files.writeString(folder.resolve("m.gguf"), "one");
    Path two = Files.writeString(Files.createDirectories(folder.resolve("two")).resolve("m.gguf"), "two");
    pull(one.toString());
    assertTrue(refusal(two.toString()).contains("give this one a name with --as NAME"));
    CachedModel named = puller(Map.of()).pull(ModelRef.parse(two.toString()), Optional.of("m2"));
    assertEquals("two", Files.readString(named.path()));
    assertEquals("one", Files.readString(pull(one.toString()).path()));
  }

  @Test
  void pullsAtOnceFetchOnce() throws Exception {
    try (FakeHub server = new FakeHub(); ExecutorService threads = Executors.newFixedThreadPool(4)) {
      byte[] content = new byte[2_000_000];
      server.files.put("/o/r/resolve/main/m.gguf", content);
      Puller puller = puller(Map.of("HF_ENDPOINT", server.endpoint()));
      List<Future<CachedModel>> pulls = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        pulls.add(threads.submit(() -> puller.pull(ModelRef.parse("hf://o/r/m.gguf"), Optional.empty())));
      }
      for (Future<CachedModel> pull : pulls) {
        assertArrayEquals(content, Files.readAllBytes(pull.get().path()));
      }
      assertEquals(1, server.requests.size());
    }
  }

  @Test
  void aCachedModelNeedsNoNetwork() throws Exception {
    try (FakeHub server = new FakeHub()) {
      server.files.put("/o/r/resolve/main/m.gguf", new byte[10]);
      puller(Map.of("HF_ENDPOINT", server.endpoint())).pull(ModelRef.parse("hf://o/r/m.gguf"), Optional.empty());
    }
    Puller offline = puller(Map.of("HF_ENDPOINT", "http://127.0.0.1:1"));
    assertEquals(10, offline.pull(ModelRef.parse("hf://o/r/m.gguf"), Optional.empty()).bytes());
    assertEquals("m", offline.ready(ModelRef.parse("m")).id());
  }

  @Test
  void whatIsDamagedInTheCacheIsFetchedAgain() throws Exception {
    try (FakeHub server = new FakeHub()) {
      server.files.put("/o/r/resolve/main/m.gguf", new byte[10]);
      Puller puller = puller(Map.of("HF_ENDPOINT", server.endpoint()));
      ModelRef ref = ModelRef.parse("hf://o/r/m.gguf");
      CachedModel model = puller.pull(ref, Optional.empty());
      Files.write(model.path(), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
      assertArrayEquals(new byte[10], Files.readAllBytes(puller.pull(ref, Optional.empty()).path()));
      Files.write(model.path(), new byte[] {1, 2, 3});
      assertArrayEquals(new byte[10], Files.readAllBytes(puller.ready(ref).path()), "it did not even open");
      puller.pull(ref, Optional.empty());
      assertEquals(3, server.requests.size(), "and then it was let be: " + notes);
      assertTrue(notes.contains(model.path() + " is damaged: its SHA-256 is not " + model.sha256()), "" + notes);
    }
  }

  @Test
  void aWrongSizeIsDamageWithoutFurtherLooking() throws Exception {
    CachedModel there = new CachedModel("m", folder.resolve("not-there"), "pip:x", 5, "");
    assertEquals(Optional.of("it has 5 bytes, not 7"), Damage.of(there, new ModelSource.Expected(7, "aa"), false));
  }

  @Test
  void aFileSomebodyPutThereIsUsedAsItIsUntilAPullIsAskedFor() throws Exception {
    String id = Registry.DEFAULT_ID;
    Path own = Files.createDirectories(folder.resolve("models")).resolve(id + ".gguf");
    Files.writeString(own, "own");
    Puller puller = puller(Map.of("EBB_PYTHON", "/no/python"));
    assertEquals(own, puller.ready(new ModelRef.Id(id)).path());
    assertThrows(CliException.class, () -> puller.pull(new ModelRef.Id(id), Optional.empty()));
    assertEquals(own + " is damaged: it has 3 bytes, not 98362432", notes.get(0));
    assertEquals("own", Files.readString(own), "kept until there is something better");
  }

  @Test
  void aWrongEndpointIsNamed() {
    CliException failure = assertThrows(CliException.class, () -> puller(Map.of("HF_ENDPOINT", "huggingface.co"))
        .pull(ModelRef.parse("hf://o/r/m.gguf"), Optional.empty()));
    assertTrue(failure.getMessage().contains("HF_ENDPOINT is 'huggingface.co'; it must begin with http"));
  }
}

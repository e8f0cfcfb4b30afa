package dev.ebb.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.cli.CliException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCacheTest {
  @TempDir Path folder;

  private ModelCache cache() {
    return new ModelCache(folder.resolve("models"));
  }

  private CachedModel publish(String id, String text) throws Exception {
    Path partial = Files.createDirectories(cache().partial(id));
    Path file = Files.writeString(partial.resolve("model.gguf"), text);
    return cache().publish(id, file, "somewhere", "abc");
  }

  @Test
  void anEmptyCacheHasNoModels() {
    assertEquals(List.of(), cache().list());
    assertTrue(cache().find("a").isEmpty());
  }

  @Test
  void whatIsPublishedIsFoundAndListed() throws Exception {
    publish("b", "12345");
    publish("a", "1");
    CachedModel found = cache().find("b").orElseThrow();
    assertEquals(new CachedModel("b", folder.resolve("models/b.gguf"), "somewhere", 5, "abc"), found);
    assertEquals(List.of("a", "b"), cache().list().stream().map(CachedModel::id).toList());
    assertFalse(Files.exists(cache().partial("b")));
  }

  @Test
  void whatIsHalfThereIsNot() throws Exception {
    Path partial = Files.createDirectories(cache().partial("a"));
    Files.writeString(partial.resolve("model.gguf"), "half");
    assertTrue(cache().find("a").isEmpty());
    assertEquals(List.of(), cache().list());
  }

  @Test
  void aFileSomebodyPutThereCounts() throws Exception {
    Files.createDirectories(folder.resolve("models"));
    Files.writeString(folder.resolve("models/own.gguf"), "own");
    assertEquals("", cache().find("own").orElseThrow().origin());
  }

  @Test
  void removingTakesAllOfIt() throws Exception {
    publish("a", "1");
    cache().remove("a");
    assertTrue(cache().find("a").isEmpty());
    assertFalse(Files.exists(folder.resolve("models/a.json")));
  }

  @Test
  void aDamagedNoteIsNamed() throws Exception {
    publish("a", "1");
    Files.writeString(folder.resolve("models/a.json"), "{");
    String message = assertThrows(CliException.class, () -> cache().find("a")).getMessage();
    assertTrue(message.contains("a.json cannot be read; remove it"), message);
  }
}

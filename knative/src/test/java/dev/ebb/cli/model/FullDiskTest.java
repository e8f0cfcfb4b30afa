package dev.ebb.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.cli.CliException;
import dev.ebb.cli.term.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls into a memory file system of one megabyte, where this user may mount one. */
class FullDiskTest {
  @TempDir Path folder;
  private Path disk;

  private void mount() throws Exception {
    Path point = Files.createDirectories(folder.resolve("disk"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", point.toString()), "needs the right to mount");
    disk = point;
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      assertTrue(run("umount", disk.toString()));
    }
  }

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  private String refusal(FakeHub server) {
    ModelCache cache = new ModelCache(disk.resolve("models"));
    Puller puller = new Puller(cache, Map.of("HF_ENDPOINT", server.endpoint()), Progress.NONE, note -> {});
    CliException failure = assertThrows(CliException.class,
        () -> puller.pull(ModelRef.parse("hf://o/r/m.gguf"), Optional.empty()));
    assertTrue(cache.find("m").isEmpty());
    return failure.getMessage();
  }

  @Test
  void saysBeforehandWhatIsNeeded() throws Exception {
    mount();
    try (FakeHub server = new FakeHub()) {
      server.files.put("/o/r/resolve/main/m.gguf", new byte[3_000_000]);
      String message = refusal(server);
      assertTrue(message.startsWith("the disk is full: 3.0 MB needed in " + disk) && message.contains("EBB_HOME"),
          message);
    }
  }

  @Test
  void aDiskThatFillsUpLeavesNoHalfFile() throws Exception {
    mount();
    try (FakeHub server = new FakeHub()) {
      server.tellsLength = false;
      server.files.put("/o/r/resolve/main/m.gguf", new byte[3_000_000]);
      assertTrue(refusal(server).startsWith("the disk is full: "));
      assertFalse(Files.exists(disk.resolve("models/.partial/m/m.gguf.part")));
      assertTrue(disk.toFile().getUsableSpace() > 900_000, "what came was given back");
    }
  }

  @Test
  void otherFailuresStayWhatTheyAre() throws Exception {
    IOException other = new IOException("Input/output error");
    assertSame(other, FreeSpace.explain(other, folder, 1));
    IOException full = new IOException("No space left on device");
    CliException told = assertThrows(CliException.class, () -> FreeSpace.explain(full, folder, 5_000_000));
    assertTrue(told.getMessage().startsWith("the disk is full: 5.0 MB needed in " + folder));
    assertEquals(full, told.getCause());
  }
}

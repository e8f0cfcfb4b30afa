package dev.ebb.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {
  private static final Program ROUTER = Program.all().getFirst();

  @TempDir Path work;

  @Test
  void sameFilesMakeTheSameBytes() throws Exception {
    byte[] first = Files.readAllBytes(write("one", layer("a", "b"), "--tag=1"));
    byte[] second = Files.readAllBytes(write("two", layer("b", "a"), "--tag=1"));
    assertArrayEquals(first, second);
  }

  @Test
  void modesAndTimesAreOurs() throws Exception {
    Path folder = layer("a");
    Files.setPosixFilePermissions(folder.resolve("a"), PosixFilePermissions.fromString("rwxrwxrwx"));
    Path tar = write("one", folder, "--tag=1");
    String line = ImageFile.open(tar, work).listing().stream().filter(one -> one.endsWith(" app/a")).findFirst()
        .orElseThrow();
    assertTrue(line.startsWith("-rwxr-xr-x 0/0 "), line);
    assertTrue(line.contains("1970-01-01 00:00:01"), line);
  }

  @Test
  void configurationIsWhatAPodNeeds() throws Exception {
    ImageFile image = ImageFile.open(write("one", layer("a"), "--tag=1", "--revision=r"), work);
    assertEquals("10001:10001", image.config().at("/config/User").asText());
    assertEquals("/opt/java/bin/java", image.texts("Entrypoint").getFirst());
    assertTrue(image.texts("Entrypoint").contains("-XX:AOTMode=on"));
    assertTrue(image.texts("Env").contains("LANG=C.UTF-8"));
    assertEquals("r", image.config().at("/config/Labels/org.opencontainers.image.revision").asText());
    assertEquals("dev.local/ebb-router:1",
        image.index().at("/manifests/0/annotations/org.opencontainers.image.ref.name").asText());
  }

  @Test
  void aChangedFileOfTheSameNameMakesAnotherImage() throws Exception {
    Path folder = layer("a");
    ImageFile before = ImageFile.open(write("one", folder, "--tag=1"), work);
    Files.writeString(folder.resolve("a"), "changed");
    Folders.settle(folder);
    ImageFile after = ImageFile.open(write("one", folder, "--tag=1"), work);
    assertNotEquals(before.config().at("/rootfs/diff_ids"), after.config().at("/rootfs/diff_ids"));
  }

  @Test
  void aNameThatIsNoneIsRefused() throws Exception {
    Path folder = layer("a");
    assertThrows(IllegalArgumentException.class, () -> write("one", folder, "--prefix=Not A Name/"));
  }

  private Path layer(String... files) throws IOException {
    Path folder = Files.createTempDirectory(work, "layer");
    for (String file : files) {
      Files.writeString(folder.resolve(file), file);
      Files.setLastModifiedTime(folder.resolve(file), FileTime.fromMillis(System.nanoTime() / 1_000));
    }
    return folder;
  }

  private Path write(String name, Path folder, String option, String... more) throws Exception {
    List<String> arguments = new java.util.ArrayList<>(List.of(option, "--work=" + work.resolve(name)));
    arguments.addAll(List.of(more));
    Path tar = work.resolve(name + ".tar");
    Archive.write(ROUTER, List.of(new Layer("app", folder, Program.APP)),
        Options.of(arguments.toArray(String[]::new)), tar);
    return tar;
  }
}

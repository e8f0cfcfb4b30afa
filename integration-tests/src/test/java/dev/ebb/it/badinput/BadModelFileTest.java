package dev.ebb.it.badinput;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.harness.Command;
import dev.ebb.it.harness.TestModel;
import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Model files that cannot be used: the command ends with an error that names the file and what to do. */
class BadModelFileTest {

  /** Ways in which a file is broken. */
  enum Damage {
    TRUNCATED {
      @Override
      void apply(RandomAccessFile file) throws IOException {
        file.setLength(file.length() / 2);
      }
    },
    NO_GGUF {
      @Override
      void apply(RandomAccessFile file) throws IOException {
        file.write("Not a model at all".getBytes(StandardCharsets.US_ASCII));
      }
    },
    /** The count of tensors, at offset 8, beyond what the file can hold. */
    LYING_COUNT {
      @Override
      void apply(RandomAccessFile file) throws IOException {
        file.seek(8);
        file.writeLong(-1);
      }
    },
    EMPTY {
      @Override
      void apply(RandomAccessFile file) throws IOException {
        file.setLength(0);
      }
    };

    abstract void apply(RandomAccessFile file) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void isRefusedByUpAndInspect(Damage damage) throws IOException {
    Path home = Files.createTempDirectory(Workspace.target("homes"), "broken-");
    Path model = Files.createDirectories(home.resolve("models")).resolve(TestModel.ID + ".gguf");
    try {
      Files.copy(TestModel.path(), model);
      try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
        damage.apply(file);
      }
      Command up = ebb(home, "up");
      refused(up);
      assertTrue(up.output().contains("ebb model rm"), () -> "says what to do: " + up.output());
      refused(ebb(home, "model", "inspect", model.toString()));
    } finally {
      Files.delete(model);
    }
  }

  @Test
  void missingFileIsNamed() throws IOException {
    Path home = Files.createTempDirectory(Workspace.target("homes"), "missing-");
    Command command = ebb(home, "up", "--model", home.resolve("nowhere.gguf").toString());
    assertNotEquals(0, command.exitCode());
    assertTrue(command.output().contains("nowhere.gguf"), command::output);
  }

  private static void refused(Command command) {
    assertNotEquals(0, command.exitCode());
    assertTrue(command.output().contains(TestModel.ID + ".gguf"), () -> "names the file: " + command.output());
    assertTrue(command.output().lines().noneMatch(line -> line.startsWith("\tat ")),
        () -> "a message, not a stack trace: " + command.output());
  }

  private static Command ebb(Path home, String... words) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(Workspace.distribution().resolve("bin/ebb").toString());
    builder.command().addAll(List.of(words));
    builder.environment().keySet().removeIf(key -> key.startsWith("EBB_") || key.startsWith("QUARKUS_"));
    try (ServerSocket socket = new ServerSocket(0)) {
      builder.environment().putAll(Map.of("EBB_HOME", home.toString(), "EBB_PORT", "" + socket.getLocalPort()));
    }
    return Command.run(120, builder);
  }
}

package dev.ebb.images;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramTest {
  private static final Pattern COMPRESSED = Pattern.compile(" UseCompressedOops += true ");
  private static final Pattern HEAP = Pattern.compile(" MaxHeapSize +?= (\\d+)");

  /** A start archive is for references of one size, so that must not follow from the memory of a machine or a pod. */
  @ParameterizedTest
  @ValueSource(strings = {"1g", "200g"})
  void referencesAreCompressedWhateverTheMemory(String memory) throws Exception {
    for (List<String> options : Program.all().stream().map(Program::jvm).distinct().toList()) {
      List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
      command.addAll(options);
      // A small beginning: this machine need not have that memory.
      command.addAll(List.of("-Xms8m", "-XX:MaxRAM=" + memory, "-XX:+PrintFlagsFinal", "-version"));
      String flags = Exec.run(command);
      assertTrue(COMPRESSED.matcher(flags).find(), options.toString());
      Matcher heap = HEAP.matcher(flags);
      assertTrue(heap.find() && Long.parseLong(heap.group(1)) < 1L << 35, options + " with " + memory);
    }
  }

  /** What a program is trained with it runs with, or its archive would not fit. */
  @Test
  void trainingAndRunningHaveTheSameOptions() {
    for (Program program : Program.all()) {
      assertTrue(program.jvm().contains("-XX:+UseCompressedOops"), program.name());
      for (List<String> archive : List.of(StartArchive.USE, List.of("-XX:AOTCacheOutput=x"))) {
        List<String> command = program.command(archive);
        assertTrue(command.subList(1 + archive.size(), command.size() - program.start().size())
            .equals(program.jvm()), command.toString());
      }
    }
  }
}

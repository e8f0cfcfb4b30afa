package dev.ebb.engine.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvBudgetTest {
  private static final KvLayout LAYOUT = new KvLayout(2, 1, 16, 16, KvLayout.Type.F32);

  @TempDir Path folder;

  @Test
  void theMachineSaysWhatIsAvailable() throws IOException {
    Path meminfo = Files.writeString(folder.resolve("meminfo"), "MemTotal: 100 kB\nMemAvailable:    40 kB\n");
    assertEquals(40 * 1024, AvailableMemory.bytes(meminfo, folder.resolve("none")));
  }

  @Test
  void aTighterControlGroupCounts() throws IOException {
    Path meminfo = Files.writeString(folder.resolve("meminfo"), "MemAvailable: 40 kB\n");
    Files.writeString(folder.resolve("memory.max"), "20000\n");
    Files.writeString(folder.resolve("memory.current"), "15000\n");
    Files.writeString(folder.resolve("memory.stat"), "anon 1\ninactive_file 1000\n");
    assertEquals(6000, AvailableMemory.bytes(meminfo, folder));
    Files.writeString(folder.resolve("memory.max"), "max\n");
    assertEquals(40 * 1024, AvailableMemory.bytes(meminfo, folder));
  }

  @Test
  void thisMachineHasSome() {
    assertTrue(AvailableMemory.bytes() > 0);
  }

  @Test
  void blocksTakeAtMostAQuarter() {
    long block = LAYOUT.blockBytes();
    assertEquals(96, KvBudget.tokens(100, LAYOUT, Long.MAX_VALUE), "whole blocks");
    assertEquals(3 * 16, KvBudget.tokens(100, LAYOUT, 4 * 3 * block + 5));
    assertEquals(0, KvBudget.tokens(100, LAYOUT, 4 * block - 1));
  }
}

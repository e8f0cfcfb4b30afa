package dev.ebb.engine.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes share an arena and are killed with SIGKILL at random instants. */
class ArenaKillTest {
  private static final int BLOCKS = 40;
  private static final int ROUNDS = 10;

  @TempDir private Path directory;
  private final Map<List<Long>, Integer> seen = new HashMap<>();

  @Test
  void killedProcessesLeaveAValidArena() throws Exception {
    Random random = new Random(20261124);
    try (Arena arena = ArenaFixture.open(directory, BLOCKS)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Process> children = start(2, random);
        for (Process child : children) {
          // Another thread kills: this one has just held the lock whenever it comes here, and the child not.
          Executor later = CompletableFuture.delayedExecutor(1 + random.nextInt(60), TimeUnit.MILLISECONDS);
          later.execute(child::destroyForcibly);
          while (child.isAlive()) {
            read(arena, random.nextInt(ArenaChild.KEYS));
          }
          assertEquals(137, child.exitValue(), "a child read a wrong block, or failed to start");
          read(arena, random.nextInt(ArenaChild.KEYS));
        }
        checkEverything(arena);
      }
      Thread.sleep(350);
      reclaim(arena);
      assertEquals(0, ArenaFixture.census(arena).held(), "what dead processes held was not taken back");
    }
  }

  private List<Process> start(int count, Random random) throws IOException {
    List<Process> children = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      children.add(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
          "-cp", System.getProperty("java.class.path"), ArenaChild.class.getName(), directory.toString(),
          Integer.toString(BLOCKS), Long.toString(random.nextLong())).redirectErrorStream(true).start());
    }
    for (Process child : children) {
      BufferedReader output = new BufferedReader(new InputStreamReader(child.getInputStream()));
      assertEquals("working", output.readLine());
    }
    return children;
  }

  private void read(Arena arena, int key) {
    PrefixMatch match;
    try (Arena.Scope scope = arena.scope()) {
      match = arena.acquirePrefix(List.of(ArenaFixture.hash(key)), 1);
    }
    for (int block : match.blocks()) {
      // Whoever has looked at a block under an edition need never look again.
      int before = seen.merge(List.of((long) block, arena.edition(block)), key, (old, now) -> old);
      assertEquals(before, key, "block " + block + " changed under edition " + arena.edition(block));
      assertTrue(ArenaFixture.intact(arena, block, key), "block " + block + " is not what its hash says");
    }
    ArenaFixture.release(arena, match.blocks());
  }

  private static void reclaim(Arena arena) {
    try (Arena.Scope scope = arena.scope()) {
      arena.available();
      arena.reclaimDead();
    }
  }

  private void checkEverything(Arena arena) {
    reclaim(arena);
    ArenaFixture.census(arena);
    for (int key = 0; key < ArenaChild.KEYS; key++) {
      read(arena, key);
    }
  }
}

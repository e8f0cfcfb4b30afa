package dev.ebb.engine.kv;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/**
 * A process that uses an arena as hard as it can until it is killed: writes and publishes blocks, reads
 * others' and checks them, leases, claims, releases. Exits with 3 when it reads a wrong block.
 */
public final class ArenaChild {
  static final int KEYS = 96;

  private final Arena arena;
  private final Random random;
  private final List<int[]> held = new ArrayList<>();
  private long lease = -1;
  private int[] leased = new int[0];

  private ArenaChild(Arena arena, long seed) {
    this.arena = arena;
    this.random = new Random(seed);
  }

  /** Arguments: directory, blocks, seed. Prints a line once it works. */
  public static void main(String[] args) {
    Arena arena = ArenaFixture.open(Path.of(args[0]), Integer.parseInt(args[1]));
    ArenaChild child = new ArenaChild(arena, Long.parseLong(args[2]));
    for (int i = 0; ; i++) {
      if (i == 200) {
        System.out.println("working");
        System.out.flush();
      }
      child.act();
    }
  }

  private void act() {
    int key = random.nextInt(KEYS);
    switch (random.nextInt(8)) {
      case 0, 1 -> write(key);
      case 2, 3 -> read(key);
      case 4 -> lease();
      case 5, 6 -> churn();
      default -> letGo();
    }
    if (held.size() > 8) {
      letGo();
    }
  }

  private void write(int key) {
    try (Arena.Scope scope = arena.scope()) {
      if (arena.available() == 0) {
        arena.reclaimDead();
        return;
      }
    }
    try {
      held.add(new int[] {ArenaFixture.write(arena, key)});
    } catch (IllegalStateException full) {
      // Another process took the last block between the two looks.
      letGo();
    }
  }

  private void read(int key) {
    PrefixMatch match;
    try (Arena.Scope scope = arena.scope()) {
      match = arena.acquirePrefix(List.of(ArenaFixture.hash(key)), 1);
    }
    for (int block : match.blocks()) {
      if (!ArenaFixture.intact(arena, block, key)) {
        System.exit(3);
      }
      held.add(match.blocks());
    }
  }

  /** Changes the index for a while under one lock, so that many kills fall into a change. */
  private void churn() {
    try (Arena.Scope scope = arena.scope()) {
      for (int i = 0; i < 100 && arena.available() > 0; i++) {
        int[] blocks = arena.allocate(1 + random.nextInt(Math.min(4, arena.available())));
        arena.release(blocks);
        PrefixMatch match = arena.acquirePrefix(List.of(ArenaFixture.hash(random.nextInt(KEYS))), 1);
        arena.release(match.blocks());
      }
    }
  }

  private void lease() {
    try (Arena.Scope scope = arena.scope()) {
      if (lease >= 0 && arena.claim(lease, leased)) {
        held.add(leased);
        lease = -1;
      } else if (!held.isEmpty()) {
        leased = held.removeLast();
        OptionalLong granted = arena.lease(leased, System.currentTimeMillis() + 300);
        lease = granted.orElse(-1);
        arena.release(leased);
      }
    }
  }

  private void letGo() {
    if (!held.isEmpty()) {
      ArenaFixture.release(arena, held.remove(random.nextInt(held.size())));
    }
  }
}

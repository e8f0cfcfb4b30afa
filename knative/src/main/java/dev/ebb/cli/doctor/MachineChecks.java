package dev.ebb.cli.doctor;

import dev.ebb.cli.term.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Java, processor, memory and the arena's folder. */
final class MachineChecks {
  private static final int JAVA_MIN = 25;
  private static final long MEMORY_BYTES_MIN = 1_000_000_000L;

  /**
   * The functions refuse to start without room for the keys and values of 32768 tokens (EBB_KV_TOKENS). A token of the
   * default model takes 23040 bytes: 30 layers, keys and values, 3 heads of 64 numbers of 2 bytes. That makes 755 MB,
   * and the index of the blocks comes on top.
   */
  private static final long ARENA_BYTES_MIN = 800_000_000L;

  private static final List<String> TOLD = List.of("avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512_vnni");

  private final Path proc;

  /**
   * Checks of a machine.
   *
   * @param proc {@code /proc}, or a stand-in
   */
  MachineChecks(Path proc) {
    this.proc = proc;
  }

  Finding java(int feature) {
    if (feature >= JAVA_MIN) {
      return Finding.ok("Java", Runtime.version().toString());
    }
    return Finding.broken("Java", "version " + feature, "set JAVA_HOME to a Java " + JAVA_MIN + " or newer");
  }

  Finding processor() throws IOException {
    Set<String> flags = flags();
    List<String> found = TOLD.stream().filter(flags::contains).toList();
    String text = Runtime.getRuntime().availableProcessors() + " cores, " + String.join(" ", found);
    if (flags.containsAll(List.of("avx2", "fma", "f16c"))) {
      return Finding.ok("processor", text);
    }
    return Finding.warning("processor", text.strip() + ": no AVX2, FMA and F16C, which the cpu backend needs",
        "use another machine, or ebb up --backend reference, which is slow");
  }

  Finding memory() throws IOException {
    long free = available();
    if (free >= MEMORY_BYTES_MIN) {
      return Finding.ok("memory", Sizes.bytes(free) + " available");
    }
    return Finding.warning("memory", "only " + Sizes.bytes(free) + " available",
        "stop something, or lower EBB_KV_TOKENS; the default model needs about " + Sizes.bytes(MEMORY_BYTES_MIN));
  }

  /** The folder that prefill and decode map their key/value blocks in. */
  static Finding arena(Path folder) throws IOException {
    Path existing = folder;
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isWritable(existing)) {
      return Finding.broken("arena", existing + " cannot be written",
          "set EBB_ARENA_DIR to a folder that this user may write");
    }
    return room(folder, existing.toFile().getUsableSpace());
  }

  static Finding room(Path folder, long free) {
    if (free < ARENA_BYTES_MIN) {
      return Finding.broken("arena", folder + " has only " + Sizes.bytes(free) + " free",
          "make room, set EBB_ARENA_DIR to a folder elsewhere, or lower EBB_KV_TOKENS"
              + " (in a container: docker run --shm-size=1g)");
    }
    return Finding.ok("arena", folder + ", " + Sizes.bytes(free) + " free");
  }

  /** As the driver of NVIDIA tells it. */
  boolean hasGpu() {
    return Files.isDirectory(proc.resolve("driver/nvidia/gpus"));
  }

  private Set<String> flags() throws IOException {
    try (Stream<String> lines = Files.lines(proc.resolve("cpuinfo"))) {
      return lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
          .findFirst()
          .map(line -> new TreeSet<>(Arrays.asList(line.substring(line.indexOf(':') + 1).strip().split("\\s+"))))
          .orElseGet(TreeSet::new);
    }
  }

  private long available() throws IOException {
    try (Stream<String> lines = Files.lines(proc.resolve("meminfo"))) {
      return lines.filter(line -> line.startsWith("MemAvailable:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    }
  }
}

package dev.ebb.knative.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.config.YamlFiles;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is warned of in the file with every key, with something in it changed. */
class WarningsTest {
  private static final String FULL = YamlFiles.text("full.yaml");

  @Test
  void replicasThatNoQuotaHolds() {
    assertTold(FULL, "decode of model qwen3-0.6b has replicas.max 4, and the quota of queue gpus has room for 3 if"
        + " nothing else is in it; raise nominal, or lower max");
  }

  @ParameterizedTest
  @CsvSource({"threads: 5, 2500m", "threads: 1, 400m"})
  void threadsThatAreLetPass(String threads, String cpu) {
    assertTrue(warnings(FULL.replace("threads: 2", threads).replace("2500m", cpu)).stream()
        .noneMatch(warning -> warning.contains("threads")), "twice the cores, or one, which is the least");
  }

  @Test
  void moreThreadsThanTwiceTheCores() {
    assertTold(FULL.replace("threads: 2", "threads: 6"), "decode of model qwen3-0.6b has threads: 6 on cpu: 2500m, and"
        + " they will wait for each other; write as many threads as cores");
  }

  /** Two flavors with a GPU for each, or one with two, hold both. */
  @ParameterizedTest
  @CsvSource({"1, 2, 0", "1, 1, 0", "0, 2, 0", "0, 1, 1", "1, 0, 1"})
  void prefillBesideDecode(int small, int large, int told) {
    String changed = FULL.replace("nvidia.com/gpu: 1, cpu: 8", "nvidia.com/gpu: " + small + ", cpu: 8")
        .replace("nvidia.com/gpu: 2}", "nvidia.com/gpu: " + large + "}");
    assertEquals(told, warnings(changed).stream().filter(("warning: prefill of model qwen3-0.6b does not fit the quota"
        + " of queue gpus beside its decode: one waits while the other runs; raise nominal, or take prefill out")
        ::equals).count());
  }

  @Test
  void aDeviceThatNothingUses() {
    assertTold(FULL, "decode of model plain asks for 1 example.com/fake, and backend reference computes on the"
        + " processor; write backend: cuda, or take gpus out");
    assertTrue(warnings(FULL).stream().noneMatch(warning -> warning.contains("qwen3-0.6b asks for 1 nvidia")));
  }

  private static void assertTold(String file, String words) {
    List<String> told = warnings(file);
    assertTrue(told.contains("warning: " + words), told.toString());
  }

  private static List<String> warnings(String file) {
    return Rendering.warnings(YamlFiles.parsed(file));
  }
}

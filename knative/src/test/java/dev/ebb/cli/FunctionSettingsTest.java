package dev.ebb.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebb.engine.backend.BackendProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionSettingsTest {
  private static final BackendProvider CPU = Backends.named("cpu", Backends.known()).orElseThrow();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "EBB_TOKEN_BUDGET | 0 | EBB_TOKEN_BUDGET=0 makes no sense; give a whole number from 1 to 1048576",
      "EBB_MAX_SEQUENCES | many | EBB_MAX_SEQUENCES=many makes no sense; give a whole number from 1 to 65536",
      "EBB_CHUNK_TOKENS | -1 | EBB_CHUNK_TOKENS=-1 makes no sense; give a whole number from 1 to 1048576",
      "EBB_MAX_SEQUENCES | 65537 | EBB_MAX_SEQUENCES=65537 makes no sense; give a whole number from 1 to 65536",
      "EBB_STEP_TIMEOUT_SECONDS | 0 | EBB_STEP_TIMEOUT_SECONDS=0 makes no sense; give a whole number of 1 or more",
      "EBB_STREAM_EVENTS_MAX | 0 | EBB_STREAM_EVENTS_MAX=0 makes no sense; give a whole number of 1 or more",
      "EBB_ARENA_DIR | arena | EBB_ARENA_DIR=arena does not begin with /, and each function has a folder of its own "
          + "that it would be taken from; give the whole path, or leave it out",
      "EBB_KV_TYPE | i8 | EBB_KV_TYPE=i8, but backend cpu keeps keys and values as f16 or f32; set one of these, "
          + "or leave it out"})
  void whatFunctionsWouldRefuseIsToldAtOnce(String name, String value, String words) {
    assertEquals(words, refusal(name, value));
  }

  @Test
  void anArenaNeedsAFolder() throws Exception {
    String file = Files.createFile(folder.resolve("file")).toString();
    for (String wrong : new String[] {file, file + "/below", "/a\0b"}) {
      assertEquals("EBB_ARENA_DIR=" + wrong + " is no folder that can be written to; give another one, or leave it out",
          refusal("EBB_ARENA_DIR", wrong));
    }
    assertDoesNotThrow(() -> check("EBB_ARENA_DIR", folder.resolve("made/later").toString()));
  }

  @Test
  void switchesOfCudaAreLookedAtForCuda() {
    BackendProvider cuda = Backends.named("cuda", Backends.known()).orElseThrow();
    assertEquals("EBB_CUDA_WGMMA=yes makes no sense; set it to on or off, or leave it out",
        assertThrows(CliException.class, () -> FunctionSettings.check(Map.of("EBB_CUDA_WGMMA", "yes"), cuda))
            .getMessage());
    assertDoesNotThrow(() -> FunctionSettings.check(Map.of("EBB_CUDA_GRAPHS", "on", "EBB_CUDA_WGMMA", "off"), cuda));
  }

  @ParameterizedTest
  @CsvSource({"EBB_TOKEN_BUDGET, 1", "EBB_CHUNK_TOKENS, ''", "EBB_KV_TYPE, f32", "EBB_KV_TYPE, ''",
      "EBB_CUDA_GRAPHS, yes"})
  void whatTheyTakeIsLeftAlone(String name, String value) {
    assertDoesNotThrow(() -> check(name, value));
  }

  private static String refusal(String name, String value) {
    return assertThrows(CliException.class, () -> check(name, value)).getMessage();
  }

  private static void check(String name, String value) {
    FunctionSettings.check(Map.of(name, value), CPU);
  }
}

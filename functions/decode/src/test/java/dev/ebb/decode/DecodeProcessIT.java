package dev.ebb.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import dev.ebb.events.Work;
import dev.ebb.runtime.start.StartFailure;
import dev.ebb.runtime.testing.FunctionClient;
import dev.ebb.runtime.testing.StreamText;
import dev.ebb.testmodel.TinyModel;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Start, stop and failed starts of the real process; on the real model where {@code EBB_MODEL} names one. */
class DecodeProcessIT {
  @TempDir Path folder;

  private Path tiny;

  @BeforeEach
  void writeModel() {
    tiny = folder.resolve("tiny.gguf");
    TinyModel.write(tiny);
  }

  private Map<String, String> settings(Path model, String... more) {
    Map<String, String> settings = new HashMap<>(Map.of("EBB_MODEL_PATH", model.toString(), "EBB_KV_TOKENS", "16384"));
    settings.put("EBB_BACKEND", "reference");
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return settings;
  }

  @Test
  void aStopInTheMiddleOfAnAnswerLetsItFinish() throws Exception {
    String real = System.getenv("EBB_MODEL");
    Path model = real == null ? tiny : Path.of(real);
    // About two seconds of work for either model.
    Work work = FunctionClient.work("stopped", "Once upon a time", real == null ? 3000 : 64);
    try (FunctionProcess function = FunctionProcess.start(folder, settings(model))) {
      FunctionClient client = function.ready();
      try (Socket socket = client.open(work, true)) {
        BufferedReader reader = new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        String first = reader.lines().filter(line -> line.startsWith("data: ")).findFirst().orElseThrow();
        assertFalse(first.contains("finish_reason"), "it must not have finished before the stop");
        function.terminate();
        FunctionClient.await("the drain", () -> function.output().contains("draining: 1 requests run"));
        StringBuilder stream = new StringBuilder(first + "\n\n");
        reader.lines().filter(line -> line.startsWith("data: ")).forEach(line -> stream.append(line + "\n\n"));
        assertEquals(work.sampling().maxTokens(), StreamText.parse(stream.toString()).tokens(0).length);
      }
      assertEquals(0, function.exitCode(), function::output);
      assertFalse(function.output().contains("ERROR"), function::output);
    }
  }

  @Test
  void aRestartedProcessGivesTheSameTokens() throws Exception {
    Work work = FunctionClient.work("again", "The same procedure as every year",
        FunctionClient.greedy(40).temperature(1).seed(5).build(), null);
    int[] first = answer(work);
    assertArrayEquals(first, answer(work));
  }

  private int[] answer(Work work) throws Exception {
    try (FunctionProcess function = FunctionProcess.start(folder, settings(tiny))) {
      String body = function.ready().post(EventTypes.DECODE_REQUESTED, work).body();
      return EventJson.read(body.getBytes(StandardCharsets.UTF_8), DecodeCompleted.class).choices().get(0).tokenIds();
    }
  }

  @Test
  void itEndsWithItsParent() throws Exception {
    Process parent = new ProcessBuilder("sleep", "600").start();
    Map<String, String> settings = settings(tiny, "EBB_PARENT_PID", Long.toString(parent.pid()));
    try (FunctionProcess function = FunctionProcess.start(folder, settings)) {
      function.ready();
      assertTrue(function.isAlive());
      parent.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      assertEquals(0, function.exitCode());
    } finally {
      parent.destroyForcibly();
    }
  }

  @Test
  void aMissingModelIsSaid() throws Exception {
    failsWith(StartFailure.MODEL_MISSING, "no model at", settings(folder.resolve("nowhere.gguf")));
  }

  @Test
  void aDamagedModelIsSaid() throws Exception {
    byte[] bytes = Files.readAllBytes(tiny);
    Path half = Files.write(folder.resolve("half.gguf"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
    failsWith(StartFailure.MODEL_UNUSABLE, "half.gguf", settings(half));
    Path none = Files.writeString(folder.resolve("none.gguf"), "not a model");
    failsWith(StartFailure.MODEL_UNUSABLE, "none.gguf", settings(none));
  }

  @Test
  void aSettingThatCannotWorkIsSaid() throws Exception {
    failsWith(StartFailure.CONFIG, "EBB_BACKEND", settings(tiny, "EBB_BACKEND", "abacus"));
    failsWith(StartFailure.CONFIG, "EBB_THREADS", settings(tiny, "EBB_THREADS", "0"));
    failsWith(StartFailure.CONFIG, "EBB_TOKEN_BUDGET must be at most 1048576, got 2000000000",
        settings(tiny, "EBB_TOKEN_BUDGET", "2000000000"));
    failsWith(StartFailure.CONFIG, "EBB_KV_TYPE is i4, but backend reference keeps keys and values as f32 or f16 or i8",
        settings(tiny, "EBB_KV_TYPE", "i4"));
    Map<String, String> cpu = settings(tiny, "EBB_KV_TYPE", "i8");
    cpu.put("EBB_BACKEND", "cpu");
    failsWith(StartFailure.CONFIG, "backend cpu keeps keys and values as f16 or f32; set one of these", cpu);
  }

  @Test
  void aBackendThatCannotRunIsSaid() throws Exception {
    failsWith(StartFailure.BACKEND_UNAVAILABLE, "nowhere.so",
        settings(tiny, "EBB_NATIVE_LIBRARY", folder.resolve("nowhere.so").toString()));
  }

  @Test
  void anArenaThatCannotBeMadeIsSaid() throws Exception {
    failsWith(StartFailure.ARENA, "tiny.gguf", settings(tiny, "EBB_ARENA_DIR", tiny.resolve("arena").toString()));
  }

  private void failsWith(StartFailure failure, String said, Map<String, String> settings) throws Exception {
    try (FunctionProcess function = FunctionProcess.start(folder, settings)) {
      assertEquals(failure.exitCode(), function.exitCode(), function::output);
      String sentence = function.output().lines().filter(line -> line.contains("cannot start")).findFirst()
          .orElseThrow(() -> new AssertionError(function.output()));
      assertTrue(sentence.contains(said), sentence);
      assertFalse(function.output().contains("\tat "), function::output);
    }
  }
}

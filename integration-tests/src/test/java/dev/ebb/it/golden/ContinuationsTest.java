package dev.ebb.it.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.PublicText;
import dev.ebb.it.harness.SharedEbb;
import dev.ebb.it.harness.TestModel;
import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Greedy continuations of twenty prompts, written to {@code target/continuations.txt} and the test
 * report for a reader; a measure tells English from noise.
 */
@ExtendWith(SharedEbb.class)
class ContinuationsTest {
  /** Least share of an answer's words that also occur in a whole English book. */
  private static final double KNOWN_WORDS = 0.45;

  private static final int FEWEST_WORDS = 8;

  @Test
  void twentyPromptsContinueInEnglish(EbbInstance ebb) throws IOException {
    Set<String> book = vocabulary();
    List<String> prompts = Files.readAllLines(Workspace.resource("text/prompts.txt"));
    assertEquals(20, prompts.size());
    JsonNode choices = ebb.api().post("/v1/completions", Map.of("model", TestModel.ID, "prompt", prompts,
        "max_tokens", 48, "temperature", 0)).ok().get("choices");
    StringBuilder report = new StringBuilder();
    List<String> strange = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      String text = choices.get(i).get("text").asText();
      report.append(prompts.get(i)).append(" >>>").append(text).append("\n\n");
      if (!readsAsEnglish(text, book)) {
        strange.add(text);
      }
    }
    System.out.println(report);
    Files.writeString(Workspace.target("").resolve("continuations.txt"), report);
    assertEquals(List.of(), strange);
  }

  @Test
  void theMeasureTellsNoiseFromEnglish(EbbInstance ebb) throws IOException {
    Set<String> book = vocabulary();
    for (int seed = 0; seed < 20; seed++) {
      int[] ids = new Random(seed).ints(48, 300, 49_000).toArray();
      String noise = ebb.api().post("/detokenize", Map.of("model", TestModel.ID, "tokens", ids)).ok()
          .get("prompt").asText();
      assertFalse(readsAsEnglish(noise, book), noise);
    }
  }

  private static boolean readsAsEnglish(String text, Set<String> book) {
    List<String> words = words(text);
    long known = words.stream().filter(book::contains).count();
    return words.size() >= FEWEST_WORDS && known >= KNOWN_WORDS * words.size();
  }

  private static Set<String> vocabulary() throws IOException {
    String digest = Api.JSON.readTree(Workspace.resource("perplexity.json").toFile()).at("/text/sha256").asText();
    return words(PublicText.get(digest)).stream().collect(Collectors.toSet());
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z]+")).filter(word -> !word.isEmpty()).toList();
  }
}

package dev.ebb.it.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.Metrics;
import dev.ebb.it.harness.Workspace;
import dev.ebb.testmodel.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Chat requests through router, prefill and decode on backend {@code cuda-emulated}, on a model of random weights that
 * is made here. {@code EBB_EMULATED_LIBRARY} names the library with the emulator in it.
 */
@Tag("cuda")
class CudaEmulatedChatTest {
  /** About the size of the models that were trained on children's stories, with heads as wide as a kernel takes. */
  private static final TinyModel.Shape STORIES = new TinyModel.Shape(5, 64, 4, 2, 32, 160);
  private static final String TEMPLATE = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n"
      + "{% endfor %}assistant:";
  private static final List<String> QUESTIONS = List.of("Tell me of the lighthouse.", "Why?",
      "What did the keeper write in his book when the lamp was lit and the ships had gone?");
  private static final int SEED = 17;
  /** What F16 activations may change of a log-probability over five layers, with logits of size 1. */
  private static final double TOLERANCE = 0.005;

  private static Path model;
  private static Path distribution;
  private static EbbInstance split;
  private static List<Chat> alone;

  @BeforeAll
  static void askOneByOne() throws Exception {
    model = Workspace.target("cuda").resolve(Chat.MODEL + ".gguf");
    TinyModel.write(model, STORIES, TEMPLATE);
    distribution = EmulatedDistribution.make();
    split = start("cuda-split", "cuda-emulated", Map.of("EBB_PREFILL_THRESHOLD_TOKENS", "1"));
    alone = all(split.api(), 1, true);
  }

  @AfterAll
  static void stop() {
    if (split != null) {
      split.close();
    }
  }

  @Test
  void prefillAndDecodeAnswerOnTheKernels() throws Exception {
    for (String kind : List.of("prefill", "decode")) {
      String log = Files.readString(split.home().resolve("run/" + split.port() + "/log/" + kind + ".log"));
      assertTrue(log.contains("cuda-emulated: the CUDA kernels on the host"), log);
    }
    assertTrue(Metrics.of(split.functions("prefill").getFirst()).sum("vllm:prompt_tokens_total") > 0);
    assertTrue(alone.stream().flatMap(chat -> chat.answer().stream()).distinct().count() > 10, "answers say something");
  }

  @Test
  void answersAreTheSameAtOnce() throws Exception {
    assertEquals(alone, all(split.api(), 2 * QUESTIONS.size(), true));
  }

  /** Where nobody wants log-probabilities the logits stay with the backend, whose kernels choose the tokens. */
  @Test
  void answersAreTheSameChosenByTheKernels() throws Exception {
    List<Chat> expected = alone.stream().map(Chat::unscored).toList();
    assertEquals(expected, all(split.api(), 1, false));
    assertEquals(expected, all(split.api(), 2 * QUESTIONS.size(), false));
  }

  @Test
  void answersAreTheSameWithoutAHandOff() throws Exception {
    try (EbbInstance whole = start("cuda-whole", "cuda-emulated", Map.of("EBB_PREFILL_THRESHOLD_TOKENS", "1000000",
        "EBB_CHUNK_TOKENS", "16"))) {
      assertEquals(alone, all(whole.api(), 3, true));
      assertEquals(List.of(), whole.functions("prefill"), "prefill was never needed");
    }
  }

  /** Codes and scales in the arena are handed over like F16, and say the same whatever the way. */
  @Test
  void answersOfInt8AreTheSameAtOnceAndWithoutAHandOff() throws Exception {
    try (EbbInstance handed = start("cuda-int8", "cuda-emulated",
        Map.of("EBB_KV_TYPE", "i8", "EBB_PREFILL_THRESHOLD_TOKENS", "1"));
        EbbInstance whole = start("cuda-int8-whole", "cuda-emulated",
            Map.of("EBB_KV_TYPE", "i8", "EBB_PREFILL_THRESHOLD_TOKENS", "1000000", "EBB_CHUNK_TOKENS", "16"))) {
      List<Chat> one = all(handed.api(), 1, true);
      assertNotEquals(alone, one, "int8 rounds, so log-probabilities cannot be those of F16");
      assertEquals(one, all(handed.api(), 2 * QUESTIONS.size(), true));
      assertEquals(one, all(whole.api(), 3, true));
      assertTrue(Metrics.of(handed.functions("prefill").getFirst()).sum("vllm:prompt_tokens_total") > 0);
      try (Stream<Path> files = Files.list(handed.home().resolve("run/" + handed.port() + "/arena"))) {
        assertEquals(List.of(true), files.map(file -> file.toString().endsWith("-i8.kv")).toList());
      }
    }
  }

  /** Greedy tokens of a random model may change near ties, so the same tokens are scored by both. */
  @Test
  void theReferenceFindsTheSameTokensAsLikely() {
    try (EbbInstance reference = start("cuda-reference", "reference", Map.of())) {
      for (int i = 0; i < QUESTIONS.size(); i++) {
        Chat greedy = alone.get(2 * i);
        JsonNode scored = score(reference.api(), greedy.tokens());
        for (int t = 0; t < greedy.answer().size(); t++) {
          int at = greedy.prompt().size() + t;
          double expected = scored.at("/token_logprobs").get(at).asDouble();
          double best = best(scored.at("/top_logprobs").get(at));
          assertEquals(expected, greedy.logprobs().get(t), TOLERANCE, QUESTIONS.get(i) + ", token " + t);
          assertTrue(expected >= best - 2 * TOLERANCE, "token " + t + " is not a best one: " + expected + ", " + best);
        }
      }
    }
  }

  private static EbbInstance start(String name, String backend, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.putAll(Map.of("EBB_BACKEND", backend, "EBB_NATIVE_LIBRARY", library(), "EBB_KV_TOKENS", "2048",
        "EBB_IDLE_SECONDS", "600", "EBB_THREADS", "1"));
    return EbbInstance.start(name, distribution, Chat.MODEL, model, settings);
  }

  private static String library() {
    String named = System.getenv("EBB_EMULATED_LIBRARY");
    if (named == null) {
      throw new IllegalStateException("EBB_EMULATED_LIBRARY does not name libebb_emulated.so: run make test-cuda");
    }
    return Path.of(named).toAbsolutePath().toString();
  }

  /** Greedy and sampled answers to every question, so many at a time. */
  private static List<Chat> all(Api api, int atOnce, boolean scored) throws Exception {
    List<Future<Chat>> asked = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
      for (String question : QUESTIONS) {
        asked.add(threads.submit(() -> Chat.ask(api, question, null, scored)));
        asked.add(threads.submit(() -> Chat.ask(api, question, SEED, scored)));
      }
    }
    List<Chat> chats = new ArrayList<>();
    for (Future<Chat> chat : asked) {
      chats.add(chat.get());
    }
    return chats;
  }

  private static double best(JsonNode alternatives) {
    return alternatives.valueStream().mapToDouble(JsonNode::asDouble).max().orElseThrow();
  }

  /** Log-probabilities of given tokens. */
  private static JsonNode score(Api api, List<Integer> tokens) {
    return api.post("/v1/completions", Map.of("model", Chat.MODEL, "prompt", List.of(tokens), "echo", true,
        "logprobs", 1, "max_tokens", 0, "temperature", 0)).ok().at("/choices/0/logprobs");
  }
}

package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.transfer.HandOff;
import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import dev.ebb.events.PrefillCompleted;
import dev.ebb.events.Work;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.LongPrompt;
import dev.ebb.it.cluster.harness.PodProcess;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Metrics;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Prefill and decode are two pods on one node, and what one computes the other reads where it lies. */
@Tag("cluster")
@Tag("short")
final class HandOffTest {
  private static final String ARENA = "/var/run/ebb/arena";
  private static final String ARENA_LABEL = "transport=\"arena\"";
  private static final String NONE_LABEL = "transport=\"none\"";
  private static final int BLOCK_TOKENS = 16;
  private static final int TOKENS = 8;

  private final Installation ebb = Installation.shared();

  /** Pitfall 11: the transport is named and its bandwidth known, so that no fall-back is silent. */
  @DisplayName("pitfall 11: no transport falls back silently")
  @Test
  void aLongPromptIsHandedOverInTheArenaAndNoByteIsCopied() {
    Installation.awaitZero();
    String prompt = LongPrompt.unique();
    Api.Reply reply = complete(prompt);
    JsonNode answer = reply.ok();
    assertEquals(List.of("prefill+decode"), reply.headers().get("x-ebb-placement"));
    PodProcess prefill = only(Installation.PREFILL);
    PodProcess decode = only(Installation.DECODE);
    assertSharedMemory(prefill, decode);
    assertMapped(prefill.metrics(), decode.metrics(), answer.at("/usage/prompt_tokens").asInt());
    JsonNode again = complete(prompt).ok();
    assertEquals(answer.at("/choices/0/text"), again.at("/choices/0/text"), "the blocks are what decode reads");
  }

  @Test
  void aHandOffThatCannotBeTakenOverIsCountedAsSuch() {
    complete(LongPrompt.unique()).ok();
    PodProcess prefill = only(Installation.PREFILL);
    PodProcess decode = only(Installation.DECODE);
    double before = decode.metrics().sum("ebb_hand_offs_total", NONE_LABEL);
    Work prompt = work();
    HandOff handOff = call(prefill, EventTypes.PREFILL_REQUESTED, prompt, PrefillCompleted.class).handOff();
    assertTrue(handOff.lease() > 0, handOff.toString());
    Work claimed = new Work("claimed", prompt.model(), prompt.promptTokenIds(), prompt.sampling(), "", 0, handOff);
    DecodeCompleted first = call(decode, EventTypes.DECODE_REQUESTED, claimed, DecodeCompleted.class);
    assertEquals(before, decode.metrics().sum("ebb_hand_offs_total", NONE_LABEL));
    DecodeCompleted second = call(decode, EventTypes.DECODE_REQUESTED, claimed, DecodeCompleted.class);
    assertArrayEquals(first.choices().getFirst().tokenIds(), second.choices().getFirst().tokenIds());
    Metrics after = decode.metrics();
    assertEquals(before + 1, after.sum("ebb_hand_offs_total", NONE_LABEL), "a lease is used once");
    assertTrue(after.sum("ebb_hand_off_recomputed_tokens_total") >= prompt.promptTokenIds().length);
  }

  private Work work() {
    JsonNode tokens = ebb.router().post("/tokenize", Map.of("model", Installation.MODEL, "prompt",
        LongPrompt.unique())).ok().get("tokens");
    int[] ids = StreamSupport.stream(tokens.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    return new Work("computed", Installation.MODEL, ids,
        SamplingParams.builder().maxTokens(TOKENS).temperature(0).ignoreEos(true).build(), "", 0, null);
  }

  private Api.Reply complete(String prompt) {
    return ebb.router().post("/v1/completions", Map.of("model", Installation.MODEL, "prompt", prompt, "max_tokens",
        TOKENS, "temperature", 0, "ignore_eos", true));
  }

  private static PodProcess only(String phase) {
    List<Pod> pods = Installation.pods(phase);
    assertEquals(1, pods.size(), phase);
    return new PodProcess(pods.getFirst(), phase);
  }

  /** Both have mapped the one file, which lies in memory, for all to see. */
  private static void assertSharedMemory(PodProcess prefill, PodProcess decode) {
    assertNotEquals(prefill.podName(), decode.podName());
    assertEquals(List.of("tmpfs", "tmpfs"), List.of(prefill.fileSystem(ARENA), decode.fileSystem(ARENA)));
    List<PodProcess.Mapping> mapped = decode.mappings(ARENA);
    assertEquals(prefill.mappings(ARENA), mapped);
    assertTrue(!mapped.isEmpty() && mapped.stream().allMatch(one -> one.permissions().equals("rw-s")),
        mapped.toString());
    System.out.println("arena: " + mapped);
  }

  private static void assertMapped(Metrics prefill, Metrics decode, int promptTokens) {
    assertEquals(promptTokens, source(prefill, "local_compute"));
    assertEquals(0, source(decode, "local_compute"));
    assertEquals(promptTokens, source(decode, "external_kv_transfer"));
    assertEquals(1, decode.sum("ebb_hand_offs_total", ARENA_LABEL));
    assertEquals(0, decode.sum("ebb_hand_offs_total", NONE_LABEL));
    double mapped = decode.sum("ebb_hand_off_bytes_total", "way=\"mapped\"");
    assertEquals(blockBytes(decode) * Math.ceilDiv(promptTokens, BLOCK_TOKENS), mapped);
    assertEquals(0, decode.sum("ebb_hand_off_bytes_total", "way=\"copied\""));
    assertEquals(0, prefill.sum("ebb_kv_copied_bytes_total") + decode.sum("ebb_kv_copied_bytes_total"));
    double took = decode.sum("ebb_hand_off_seconds_total");
    double computed = prefill.sum("vllm:request_prefill_time_seconds_sum");
    System.out.printf("hand-off: %d tokens, %.1f MB mapped, none copied, in %.3f ms: %.1f GB/s; computed in %.2f s%n",
        promptTokens, mapped / 1e6, took * 1e3, mapped / took / 1e9, computed);
    assertTrue(took * 5 < computed, "a hand-off in " + took + " s is no better than computing anew in " + computed);
  }

  private static double source(Metrics metrics, String source) {
    return metrics.sum("vllm:prompt_tokens_by_source_total", "source=\"" + source + "\"");
  }

  private static double blockBytes(Metrics metrics) {
    String info = metrics.lines().stream().filter(line -> line.startsWith("vllm:cache_config_info{")).findFirst()
        .orElseThrow();
    return label(info, "kv_cache_memory_bytes") / label(info, "num_gpu_blocks");
  }

  private static double label(String sample, String name) {
    Matcher value = Pattern.compile("[{,]" + name + "=\"([0-9]+)\"").matcher(sample);
    assertTrue(value.find(), name + " in " + sample);
    return Double.parseDouble(value.group(1));
  }

  /** Calls a function itself, past the router and every proxy. */
  private static <T> T call(PodProcess function, String type, Work work, Class<T> answer) {
    Api api = function.api();
    Api.Reply reply = api.send(api.request("/").header("ce-specversion", "1.0").header("ce-id", work.requestId())
        .header("ce-source", "/test").header("ce-type", type).header("content-type", "application/json")
        .POST(BodyPublishers.ofByteArray(EventJson.write(work))).build());
    reply.ok();
    return EventJson.read(reply.text().getBytes(StandardCharsets.UTF_8), answer);
  }
}

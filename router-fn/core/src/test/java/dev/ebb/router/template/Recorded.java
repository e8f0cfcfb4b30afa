package dev.ebb.router.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What jinja2 made of the tests' templates; src/test/python/record_templates.py writes it. */
final class Recorded {
  static final JsonNode ALL = json();

  /** The moment at which the recording's clock stood. */
  static final Clock CLOCK = Clock.fixed(Instant.parse("2025-07-04T09:05:07Z"), ZoneOffset.UTC);

  private static final ObjectMapper JSON = new ObjectMapper();

  private Recorded() {}

  static String resource(String name) {
    try (InputStream in = Recorded.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode json() {
    try {
      return new ObjectMapper().readTree(resource("recorded.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> conversation(String name) {
    return JSON.convertValue(ALL.at("/conversations/" + name), List.class);
  }

  /** The variables of a recorded render, without those that always are given. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> variables(JsonNode node) {
    Map<String, Object> variables = new LinkedHashMap<>(Map.of("bos_token", "<s>", "eos_token", "</s>"));
    variables.putAll(JSON.convertValue(node, Map.class));
    return variables;
  }

  /**
   * The outcome of a render in the form of the recording: the text, what the template raised, or
   * that there was an error.
   */
  static String outcome(ChatTemplate template, List<Map<String, Object>> messages, Map<String, Object> variables) {
    Map<String, Object> extra = new LinkedHashMap<>(variables);
    boolean prompt = Boolean.TRUE.equals(extra.remove("add_generation_prompt"));
    try {
      return "text: " + template.withClock(CLOCK).render(messages, prompt, extra);
    } catch (TemplateException e) {
      return e.raisedByTemplate() ? "raised: " + e.getMessage() : "error";
    }
  }

  static String outcome(JsonNode recorded) {
    return recorded.has("text") ? "text: " + recorded.get("text").textValue()
        : recorded.has("raised") ? "raised: " + recorded.get("raised").textValue() : "error";
  }
}

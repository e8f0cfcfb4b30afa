package dev.ebb.knative.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A place in the published schema. A reference is followed; what stands beside it goes before what it points to. */
record Schema(JsonNode root, JsonNode node) {
  private static final String RESOURCE = "/dev/ebb/knative/ebb.schema.json";

  /** The schema of a whole file. */
  static Schema ofFile() {
    try {
      JsonNode root = new ObjectMapper().readTree(text());
      return new Schema(root, root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The schema as it is published. */
  static String text() {
    try (InputStream in = Schema.class.getResourceAsStream(RESOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A keyword's value, a missing node where it is not there. */
  JsonNode get(String keyword) {
    JsonNode own = node.path(keyword);
    String reference = node.path("$ref").asText("");
    if (!own.isMissingNode() || reference.isEmpty()) {
      return own;
    }
    return new Schema(root, root.at(reference.substring(1))).get(keyword);
  }

  /** The schema of a field; one of a missing node where no such field is known. */
  Schema field(String key) {
    JsonNode known = get("properties").path(key);
    if (!known.isMissingNode()) {
      return new Schema(root, known);
    }
    for (Map.Entry<String, JsonNode> pattern : get("patternProperties").properties()) {
      if (key.matches(pattern.getKey())) {
        return new Schema(root, pattern.getValue());
      }
    }
    JsonNode others = get("additionalProperties");
    return new Schema(root, others.isObject() ? others : MissingNode.getInstance());
  }

  Schema items() {
    return new Schema(root, get("items"));
  }

  boolean isMissing() {
    return node.isMissingNode();
  }

  List<String> keys() {
    return get("properties").propertyStream().map(Map.Entry::getKey).toList();
  }

  /** A keyword's text or list of texts. */
  List<String> texts(String keyword) {
    List<String> texts = new ArrayList<>();
    JsonNode value = get(keyword);
    if (value.isTextual()) {
      texts.add(value.asText());
    }
    value.forEach(item -> texts.add(item.asText()));
    return texts;
  }
}

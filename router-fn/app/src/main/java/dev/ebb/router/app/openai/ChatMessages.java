package dev.ebb.router.app.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.router.request.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code messages}: text only, as one string or a list of text parts. */
final class ChatMessages {
  private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant");
  private static final Set<String> IGNORED = Set.of("refusal", "annotations", "reasoning_content", "reasoning");

  private ChatMessages() {}

  /**
   * @throws Refusal naming the message and field at fault
   */
  static List<Map<String, Object>> read(Fields fields) {
    JsonNode list = fields.get("messages").orElseThrow(() -> fields.missing("messages"));
    fields.check(list.isArray(), "messages", "a list", list);
    if (list.isEmpty()) {
      throw fields.wrong("messages", "empty_array", "messages must hold at least one message.");
    }
    List<Map<String, Object>> messages = new ArrayList<>(list.size());
    for (JsonNode message : list) {
      messages.add(message(fields, "messages[" + messages.size() + "]", message));
    }
    return messages;
  }

  private static Map<String, Object> message(Fields fields, String at, JsonNode message) {
    fields.check(message.isObject(), at, "an object", message);
    String role = message.path("role").asText("");
    if (!ROLES.contains(role)) {
      throw fields.wrong(at + ".role", "invalid_value", at + ".role must be system, developer, user or assistant"
          + (role.isEmpty() ? "." : ", got " + role + "; tools are not supported."));
    }
    message.properties().forEach(entry -> refuseOther(fields, at, entry.getKey(), entry.getValue()));
    Map<String, Object> read = new LinkedHashMap<>();
    // Models know one role for instructions; developer is the API's newer name for it.
    read.put("role", role.equals("developer") ? "system" : role);
    read.put("content", content(fields, at + ".content", message.get("content")));
    if (message.path("name").isTextual()) {
      read.put("name", fields.characters(at + ".name", message.get("name")));
    }
    return read;
  }

  private static void refuseOther(Fields fields, String at, String name, JsonNode value) {
    boolean fine = switch (name) {
      case "role", "content", "name" -> true;
      // lm-evaluation-harness marks whole messages so.
      case "type" -> value.asText().equals("text");
      default -> IGNORED.contains(name) || value.isNull() || (value.isArray() && value.isEmpty());
    };
    if (!fine) {
      throw fields.wrong(at + "." + name, "unsupported_parameter", at + "." + name + " is not supported.");
    }
  }

  private static String content(Fields fields, String at, JsonNode content) {
    if (content != null && content.isTextual()) {
      return fields.characters(at, content);
    }
    if (content == null || !content.isArray()) {
      throw fields.wrong(at, "invalid_type",
          at + " must be a string or a list of text parts, got " + Fields.kind(content) + ".");
    }
    StringBuilder text = new StringBuilder();
    int index = 0;
    for (JsonNode part : content) {
      text.append(text.isEmpty() ? "" : "\n").append(part(fields, at + "[" + index++ + "]", part));
    }
    return text.toString();
  }

  private static String part(Fields fields, String at, JsonNode part) {
    String type = part.path("type").asText("");
    if (!type.equals("text")) {
      throw fields.wrong(at + ".type", "unsupported_value",
          at + " must be a part of type text" + (type.isEmpty() ? "." : ", got " + type + "."));
    }
    JsonNode text = part.get("text");
    fields.check(text != null && text.isTextual(), at + ".text", "a string", text);
    return fields.characters(at + ".text", text);
  }
}

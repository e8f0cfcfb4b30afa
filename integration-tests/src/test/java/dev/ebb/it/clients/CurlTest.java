package dev.ebb.it.clients;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Command;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.SharedEbb;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedEbb.class)
class CurlTest {

  @Test
  void binaryEventIsAnsweredByABinaryEvent(EbbInstance ebb) throws IOException {
    String output = curl(ebb, GenerateEvents.DATA, "Ce-Specversion: 1.0", "Ce-Id: c1", "Ce-Source: /tests/curl",
        "Ce-Type: " + GenerateEvents.TYPE, "Content-Type: application/json");
    GenerateEvents.checkReply(header(output, "ce-type"), body(output));
    assertTrue(!header(output, "ce-id").isEmpty() && !header(output, "ce-source").isEmpty(), output);
  }

  @Test
  void structuredEventIsAnsweredByAStructuredEvent(EbbInstance ebb) throws IOException {
    String event = "{\"specversion\":\"1.0\",\"id\":\"c2\",\"source\":\"/tests/curl\",\"type\":\"" + GenerateEvents.TYPE
        + "\",\"datacontenttype\":\"application/json\",\"data\":" + GenerateEvents.DATA + "}";
    String output = curl(ebb, event, "Content-Type: application/cloudevents+json");
    assertTrue(header(output, "content-type").startsWith("application/cloudevents+json"), output);
    JsonNode reply = body(output);
    GenerateEvents.checkReply(reply.get("type").asText(), reply.get("data"));
  }

  private static String curl(EbbInstance ebb, String data, String... headers) {
    List<String> words = new ArrayList<>(List.of("curl", "-sS", "-i", "--max-time", "120", ebb.api().base() + "/"));
    for (String header : headers) {
      words.addAll(List.of("-H", header));
    }
    words.addAll(List.of("--data-binary", data));
    String output = Command.run(150, words).expectSuccess().output();
    assertTrue(output.startsWith("HTTP/1.1 200"), output);
    return output;
  }

  private static String header(String output, String name) {
    return output.lines().takeWhile(line -> !line.isBlank())
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).trim())
        .findFirst()
        .orElse("");
  }

  private static JsonNode body(String output) throws IOException {
    return Api.JSON.readTree(output.substring(output.indexOf("\r\n\r\n") + 4));
  }
}

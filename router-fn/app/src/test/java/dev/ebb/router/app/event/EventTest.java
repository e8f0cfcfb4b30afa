package dev.ebb.router.app.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.router.app.testing.Behaviours;
import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.RouterProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(RouterProfile.class)
class EventTest {
  private static final String STRUCTURED = "application/cloudevents+json";
  private static final String[] BINARY = {"ce-specversion", "1.0", "ce-id", "", "ce-source", "/test", "ce-type",
      "dev.ebb.generate.requested"};
  private static final AtomicInteger EVENTS = new AtomicInteger();

  /** An event that was never there before: one that was would get no second answer. */
  @BeforeEach
  void reset() {
    Fakes.reset();
    BINARY[3] = fresh();
  }

  private static String fresh() {
    return "e" + EVENTS.incrementAndGet();
  }

  @Test
  void aBinaryEventGetsABinaryReply() {
    Reply reply = Client.post("/", "{'prompt': 'abc'}", BINARY);
    assertEquals(200, reply.status(), reply.http()::body);
    assertEquals("dev.ebb.generate.completed", reply.header("ce-type"));
    assertEquals("1.0", reply.header("ce-specversion"));
    assertEquals("/ebb/router", reply.header("ce-source"));
    assertEquals(BINARY[3], reply.header("ce-subject"));
    assertEquals("application/json", reply.header("content-type"));
    assertEquals(Behaviours.TEXT, reply.json().at("/choices/0/text").asText());
    assertTrue(reply.header("ce-id").matches("[0-9a-f]{32}"), reply.header("ce-id"));
    assertEquals(BINARY[3], reply.header("ce-causationid"));
    assertEquals(BINARY[3], reply.header("ce-correlationid"), "an event without one begins a conversation");
    assertEquals("decode", reply.header("x-ebb-placement"));
  }

  @Test
  void aStructuredEventGetsAStructuredReply() {
    Reply reply = structured("'data': {'messages': [{'role': 'user', 'content': 'hi'}]}");
    assertEquals(STRUCTURED, reply.header("content-type"));
    assertNull(reply.header("ce-type"));
    JsonNode event = reply.json();
    assertEquals("dev.ebb.generate.completed", event.path("type").asText());
    assertEquals("e" + EVENTS.get(), event.path("subject").asText());
    assertEquals("application/json", event.path("datacontenttype").asText());
    assertEquals("e" + EVENTS.get(), event.path("causationid").asText());
    assertEquals(Behaviours.TEXT, event.at("/data/choices/0/message/content").asText());
  }

  @Test
  void theConversationIsHandedOn() {
    Reply reply = structured("'correlationid': 'talk-1', 'data': {'prompt': 'abc'}");
    assertEquals("talk-1", reply.json().path("correlationid").asText());
    assertEquals("e" + EVENTS.get(), reply.json().path("causationid").asText());
  }

  @Test
  void dataInBase64IsTheSameData() {
    String data = Base64.getEncoder().encodeToString("{\"prompt\":\"abc\"}".getBytes(StandardCharsets.UTF_8));
    Reply reply = structured("'data_base64': '" + data + "'");
    assertEquals(Behaviours.TEXT, reply.json().at("/data/choices/0/text").asText());
  }

  @Test
  void aNullAttributeIsAnAbsentOne() {
    Reply reply = structured(
        "'datacontenttype': null, 'subject': null, 'data_base64': null, 'data': {'prompt': 'abc'}");
    assertEquals(Behaviours.TEXT, reply.json().at("/data/choices/0/text").asText(), reply.http()::body);
    refused(structured("'data': null"), 400, null, "invalid_type");
    refused(structured("'data_base64': null"), 400, "data", "missing_required_parameter");
  }

  @Test
  void mediaTypesIgnoreCase() {
    String event = "{'specversion': '1.0', 'id': '" + fresh()
        + "', 'source': '/test', 'type': 'dev.ebb.generate.requested',"
        + "'datacontenttype': 'Application/JSON; charset=utf-8', 'data': {'prompt': 'abc'}}";
    Reply reply = Client.post("/", event, "content-type", "Application/CloudEvents+JSON; charset=utf-8");
    assertEquals(Behaviours.TEXT, reply.json().at("/data/choices/0/text").asText(), reply.http()::body);
    String[] headers = Arrays.copyOf(BINARY, BINARY.length + 2);
    headers[BINARY.length] = "content-type";
    headers[BINARY.length + 1] = "Application/JSON";
    assertEquals(200, Client.post("/", "{'prompt': 'abc'}", headers).status());
    refused(structured("'datacontenttype': 'application/jsonfoo', 'data': {'prompt': 'abc'}"), 415,
        "datacontenttype", "unsupported_media_type");
  }

  @Test
  void anAttributeMustBeAString() {
    Reply reply = Client.post("/", "{'specversion': '1.0', 'id': 7, 'source': '/test', 'data': {'prompt': 'abc'},"
        + "'type': 'dev.ebb.generate.requested'}", "content-type", STRUCTURED);
    refused(reply, 400, "id", "invalid_type");
    refused(structured("'datacontenttype': 7, 'data': {}"), 400, "datacontenttype", "invalid_type");
  }

  @Test
  void deepJsonIsRefused() {
    String data = "{'prompt': 'abc', 'chat_template_kwargs': " + "[".repeat(900) + "]".repeat(900) + "}";
    refused(Client.post("/", data, BINARY), 400, "data", "invalid_json");
    refused(structured("'data': " + data), 400, null, "invalid_json");
  }

  @Test
  void aCallerWhoLeavesFreesTheFunction() throws IOException {
    Fakes.DECODE.plan(Behaviours.HANG);
    try (Socket socket = new Socket("127.0.0.1", Client.port())) {
      socket.getOutputStream().write(("POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
          + "ce-specversion: 1.0\r\nce-id: e1\r\nce-source: /test\r\nce-type: dev.ebb.generate.requested\r\n"
          + "content-length: 17\r\n\r\n{\"prompt\": \"abc\"}").getBytes(StandardCharsets.US_ASCII));
      Fakes.DECODE.next();
    }
    Fakes.DECODE.nextDropped();
  }

  @Test
  void refusedEventsAreCounted() throws InterruptedException {
    String series = "ebb_router_requests_total{model=\"tiny\",api=\"completion\",status=\"400\"}";
    Client.post("/", "{'prompt': 5}", BINARY);
    double before = settled(series);
    Client.post("/", "{'prompt': 5}", BINARY);
    assertEquals(before + 1, settled(series));
    String unread = "ebb_router_requests_total{model=\"tiny\",api=\"event\",status=\"400\"}";
    Client.post("/", "{", BINARY);
    before = settled(unread);
    Client.post("/", "{", BINARY);
    Client.post("/", "{}");
    assertEquals(before + 2, settled(unread));
  }

  /** The series' value once it stands still: a request is counted when its answer was sent, so perhaps later. */
  private static double settled(String series) throws InterruptedException {
    double before;
    double now = Client.metric(series);
    do {
      before = now;
      Thread.sleep(200);
      now = Client.metric(series);
    } while (now != before);
    return now;
  }

  @ParameterizedTest
  @ValueSource(strings = {"specversion", "id", "source", "type"})
  void aMissingAttributeIsNamedInBothModes(String name) {
    String[] headers = new String[BINARY.length - 2];
    int next = 0;
    for (int i = 0; i < BINARY.length; i += 2) {
      if (!BINARY[i].equals("ce-" + name)) {
        headers[next++] = BINARY[i];
        headers[next++] = BINARY[i + 1];
      }
    }
    refused(Client.post("/", "{'prompt': 'abc'}", headers), 400, name, "missing_attribute");
    String event = "{'specversion': '1.0', 'id': 'e2', 'source': '/test', 'type': 'dev.ebb.generate.requested',"
        + "'data': {'prompt': 'abc'}}";
    refused(Client.post("/", event.replaceFirst("'" + name + "': '[^']*',", ""), "content-type", STRUCTURED), 400,
        name, "missing_attribute");
  }

  @Test
  void anUnknownTypeIsNotFound() {
    String[] headers = BINARY.clone();
    headers[7] = "dev.ebb.unknown";
    refused(Client.post("/", "{'prompt': 'abc'}", headers), 404, "type", "unknown_event_type");
  }

  @ParameterizedTest
  @CsvSource({"application/cloudevents-batch+json, 415", "application/cloudevents+avro, 415"})
  void otherFormatsAreRefused(String media, int status) {
    refused(Client.post("/", "[]", "content-type", media), status, null, "unsupported_media_type");
  }

  @Test
  void dataMustBeJson() {
    String[] headers = BINARY.clone();
    refused(Client.send(Client.request("/", "content-type", "text/plain")
        .POST(HttpRequest.BodyPublishers.ofString("abc")), headers), 415, "datacontenttype",
        "unsupported_media_type");
    refused(Client.post("/", "{'prompt': 'abc'}", "content-type", "application/x-www-form-urlencoded", "ce-id", "e1",
        "ce-specversion", "1.0", "ce-source", "/test", "ce-type", "dev.ebb.generate.requested"), 415,
        "datacontenttype", "unsupported_media_type");
    refused(Client.post("/", "{", BINARY), 400, "data", "invalid_json");
    refused(Client.post("/", "{'specversion'", "content-type", STRUCTURED), 400, null, "invalid_json");
    refused(Client.post("/", "", BINARY), 400, "data", "missing_required_parameter");
    refused(structured("'data_base64': '!'"), 400, "data_base64", "invalid_value");
    refused(structured("'data_base64': 'Ww=='"), 400, "data_base64", "invalid_json");
    refused(structured("'x': 1"), 400, "data", "missing_required_parameter");
    refused(structured("'data': [1]"), 400, null, "invalid_type");
  }

  @Test
  void theBodysMistakesAreNamedAsInTheOtherApi() {
    refused(Client.post("/", "{'prompt': 'abc', 'temperature': -1}", BINARY), 400, "temperature", "invalid_value");
    refused(Client.post("/", "{'prompt': 'abc', 'stream': true}", BINARY), 400, "stream", "unsupported_value");
    refused(Client.post("/", "{'prompt': 'abc', 'model': 'x'}", BINARY), 404, "model", "model_not_found");
    refused(structured("'data': {'prompt': '" + "a".repeat(600) + "'}"), 400, "prompt", "context_length_exceeded");
    assertEquals(0, Client.metric("ebb_demand{model=\"tiny\",phase=\"decode\"}"));
  }

  @Test
  void aFunctionsRefusalReachesTheCaller() {
    Fakes.DECODE.plan(Behaviours.error(400, "invalid_request_error", "logit_bias", "odd"));
    refused(Client.post("/", "{'prompt': 'abc'}", BINARY), 400, "logit_bias", "odd");
  }

  @Test
  void aPlainPostIsToldWhatToSend() {
    Reply reply = Client.post("/", "{'prompt': 'abc'}");
    refused(reply, 400, "specversion", "missing_attribute");
    assertTrue(reply.json().at("/error/message").asText().contains("/v1/"));
  }

  private static Reply structured(String rest) {
    return Client.post("/", "{'specversion': '1.0', 'id': '" + fresh() + "', 'source': '/test',"
        + "'type': 'dev.ebb.generate.requested', " + rest + "}", "content-type", STRUCTURED);
  }

  private static void refused(Reply reply, int status, String parameter, String code) {
    JsonNode error = reply.json().path("error");
    assertEquals(status, reply.status(), reply.http()::body);
    assertEquals(code, error.path("code").asText(), error::toString);
    assertEquals(parameter, error.path("param").isNull() ? null : error.path("param").asText(), error::toString);
  }
}

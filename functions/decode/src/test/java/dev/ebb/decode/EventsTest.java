package dev.ebb.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import dev.ebb.events.Work;
import dev.ebb.runtime.testing.FunctionClient;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.core.message.MessageReader;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Events to and from the function by the CloudEvents SDK for Java, which shares no code with it. */
@QuarkusTest
class EventsTest extends DecodeTest {
  @ParameterizedTest
  @EnumSource(value = Encoding.class, names = {"BINARY", "STRUCTURED"})
  void anEventIsAnsweredByAnEvent(Encoding mode) throws Exception {
    Work work = FunctionClient.work("r-" + mode, "Once upon a time", 12);
    HttpResponse<byte[]> response = send(event(work), mode);
    assertEquals(200, response.statusCode());
    MessageReader reader = HttpMessageFactory.createReader(response.headers().map().entrySet().stream()
        .collect(java.util.stream.Collectors.toMap(java.util.Map.Entry::getKey, e -> e.getValue().get(0))),
        response.body());
    assertEquals(mode, reader.getEncoding(), "the answer comes in the mode of the question");
    CloudEvent answer = reader.toEvent();
    assertEquals(EventTypes.DECODE_COMPLETED, answer.getType());
    assertEquals("r-" + mode, answer.getSubject());
    assertEquals(URI.create("/ebb/decode"), answer.getSource());
    assertEquals("application/json", answer.getDataContentType());
    assertNotNull(answer.getId());
    DecodeCompleted completed = EventJson.read(answer.getData().toBytes(), DecodeCompleted.class);
    assertEquals("r-" + mode, completed.requestId());
    assertEquals(12, completed.choices().get(0).tokenIds().length);
    assertEquals("length", completed.choices().get(0).finishReason());
    assertEquals(16, completed.usage().promptTokens());
    assertEquals(12, completed.usage().completionTokens());
  }

  @Test
  void bothModesGiveTheSameTokens() throws Exception {
    Work work = FunctionClient.work("same", "The tide ", 20);
    assertArrayEquals(tokens(send(event(work), Encoding.BINARY), false),
        tokens(send(event(work), Encoding.STRUCTURED), true));
  }

  private static int[] tokens(HttpResponse<byte[]> response, boolean structured) throws java.io.IOException {
    var json = EventJson.MAPPER.readTree(response.body());
    return EventJson.MAPPER.treeToValue(structured ? json.get("data") : json, DecodeCompleted.class)
        .choices().get(0).tokenIds();
  }

  private static CloudEvent event(Work work) {
    return CloudEventBuilder.v1().withId("1").withSource(URI.create("/router")).withType(EventTypes.DECODE_REQUESTED)
        .withData("application/json", EventJson.write(work)).build();
  }

  private HttpResponse<byte[]> send(CloudEvent event, Encoding mode) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(url);
    AtomicReference<byte[]> body = new AtomicReference<>();
    var writer = HttpMessageFactory.createWriter(request::header, body::set);
    if (mode == Encoding.BINARY) {
      writer.writeBinary(event);
    } else {
      writer.writeStructured(event, new JsonFormat());
    }
    request.POST(HttpRequest.BodyPublishers.ofByteArray(body.get()));
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }
}

package dev.ebb.it.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Command;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.PythonVenv;
import dev.ebb.it.harness.SharedEbb;
import dev.ebb.it.harness.TestModel;
import dev.ebb.it.harness.Workspace;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.http.impl.HttpMessageWriter;
import io.cloudevents.jackson.JsonFormat;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The official CloudEvents SDKs of Java and Python. */
@ExtendWith(SharedEbb.class)
class CloudEventsSdkTest {
  private final CloudEvent event = CloudEventBuilder.v1()
      .withId(UUID.randomUUID().toString()).withSource(URI.create("/tests/java")).withType(GenerateEvents.TYPE)
      .withData("application/json", GenerateEvents.DATA.getBytes(StandardCharsets.UTF_8)).build();

  @Test
  void javaSdkInBinaryMode(EbbInstance ebb) throws IOException {
    check(send(ebb.api(), writer -> writer.writeBinary(event)));
  }

  @Test
  void javaSdkInStructuredMode(EbbInstance ebb) throws IOException {
    check(send(ebb.api(), writer -> writer.writeStructured(event, JsonFormat.CONTENT_TYPE)));
  }

  private static void check(CloudEvent reply) throws IOException {
    GenerateEvents.checkReply(reply.getType(), Api.JSON.readTree(reply.getData().toBytes()));
    assertEquals("1.0", reply.getSpecVersion().toString());
  }

  private static CloudEvent send(Api api, Consumer<HttpMessageWriter> event) {
    HttpRequest.Builder request = api.request("/");
    event.accept(HttpMessageFactory.createWriter(
        request::setHeader, bytes -> request.POST(BodyPublishers.ofByteArray(bytes))));
    Api.Reply reply = api.send(request.build());
    assertEquals(200, reply.status(), reply::text);
    return HttpMessageFactory.createReaderFromMultimap(
        reply.headers(), reply.text().getBytes(StandardCharsets.UTF_8)).toEvent();
  }

  @Test
  void pythonSdkInBothModes(EbbInstance ebb) throws IOException {
    String output = Command.run(300, List.of(PythonVenv.python().toString(),
        Workspace.resource("clients/cloudevents_post.py").toString(), ebb.api().base() + "/", TestModel.ID))
        .expectSuccess().output();
    JsonNode replies = Api.JSON.readTree(output.lines().reduce((first, last) -> last).orElseThrow());
    for (String mode : List.of("binary", "structured")) {
      JsonNode reply = replies.get(mode);
      GenerateEvents.checkReply(reply.at("/attributes/type").asText(), reply.get("data"));
    }
  }
}

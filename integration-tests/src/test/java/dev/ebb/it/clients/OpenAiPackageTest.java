package dev.ebb.it.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Command;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.PythonVenv;
import dev.ebb.it.harness.SharedEbb;
import dev.ebb.it.harness.TestModel;
import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedEbb.class)
class OpenAiPackageTest {

  @Test
  void streamsWithNoChangeButTheBaseUrl(EbbInstance ebb) throws IOException {
    Command command = Command.run(300, List.of(PythonVenv.python().toString(),
        Workspace.resource("clients/openai_stream.py").toString(), ebb.api().base() + "/v1")).expectSuccess();
    JsonNode seen = Api.JSON.readTree(command.output().lines().reduce((first, last) -> last).orElseThrow());

    assertEquals(TestModel.ID, seen.at("/models/0").asText());
    assertEquals("[\"assistant\"]", seen.get("roles").toString(), "the role comes once");
    assertEquals(1, seen.get("reasons").size(), "one finish reason");
    assertTrue(seen.get("deltas").asInt() > 3, () -> "a stream, not one piece: " + seen);
    assertEquals(37, seen.get("prompt_tokens").asInt());
    assertEquals(seen.get("whole_completion_tokens"), seen.get("completion_tokens"));
    assertEquals(seen.get("whole_text"), seen.get("text"), "streamed or not, the same answer");
    assertTrue(seen.get("completion_text").asText().contains("Wednesday"), seen::toString);
    assertEquals("stop", seen.get("completion_reason").asText());
    assertEquals("[0,1,2,3]", seen.get("listed_indexes").toString(), "two prompts, two answers each");
    assertEquals("model_not_found", seen.at("/unknown_model/code").asText());
    assertEquals("temperature", seen.at("/bad_parameter/param").asText());
    assertEquals("invalid_request_error", seen.at("/bad_parameter/type").asText());
  }
}

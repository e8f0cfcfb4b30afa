package dev.ebb.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.events.ErrorBody;
import dev.ebb.events.EventTypes;
import dev.ebb.runtime.testing.FunctionClient;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every mistake has its status, the parameter at fault and a code, in binary and in structured mode. */
@QuarkusTest
class RefusalsTest extends DecodeTest {
  private static final String GOOD = "{'request_id':'r','model':'tiny','prompt_token_ids':[1]}";

  @ParameterizedTest
  @CsvSource(quoteCharacter = '"', delimiter = '|', value = {
    "{'request_id': | 400 | data | invalid_json",
    "[] | 400 | data | invalid_json",
    "null | 400 | data | missing",
    "{'model':'tiny','prompt_token_ids':[1]} | 400 | request_id | missing",
    "{'request_id':'r','model':'tiny','prompt_token_ids':[]} | 400 | prompt_token_ids | missing",
    "{'request_id':'r','model':'tiny','prompt_token_ids':[1,257]} | 400 | prompt_token_ids | invalid_value",
    "{'request_id':'r','model':'tiny','prompt_token_ids':[-1]} | 400 | prompt_token_ids | invalid_value",
    "{'request_id':'r','model':'tiny','prompt_token_ids':['a']} | 400 | prompt_token_ids[0] | invalid_value",
    "{'request_id':'r','model':'other','prompt_token_ids':[1]} | 404 | model | model_not_found",
    "{'request_id':'r','model':'tiny','prompt_token_ids':[1],'sampling':{'top_p':2}} | 400 | top_p | invalid_value",
    "{'request_id':'r','model':'tiny','prompt_token_ids':[1],'sampling':{'n':0}} | 400 | n | invalid_value",
    "{'request_id':'r','model':'tiny','prompt_token_ids':[1],'sampling':{'max_tokens':4096}}"
        + " | 400 | max_tokens | context_length_exceeded",
    "{'request_id':'r','model':'tiny','prompt_token_ids':[1],'sampling':{'logit_bias':{'999':1}}}"
        + " | 400 | logit_bias | invalid_value",
    "{'request_id':'r','model':'tiny','prompt_token_ids':[1],'hand_off':{'blocks':7}}"
        + " | 400 | hand_off.blocks | invalid_value",
    "{'request_id':'r','model':'tiny','prompt_token_ids':[1],'hand_off':{}} | 400 | hand_off.arena | missing",
    "{'request_id':'r','model':'tiny','prompt_token_ids':[1],'hand_off':{'arena':'a','layout':'l','blocks':[0],"
        + "'block_hashes':[],'prompt_hash':'h','first_token':1000000000}} | 400 | hand_off.first_token | invalid_value",
  })
  void badDataIsNamed(String json, int status, String param, String code) {
    String data = json.replace('\'', '"');
    expect(status, param, code, function.post(FunctionClient.headers(EventTypes.DECODE_REQUESTED), bytes(data)));
    Map<String, String> streamed = FunctionClient.headers(EventTypes.DECODE_REQUESTED);
    streamed.put("accept", "text/event-stream");
    expect(status, param, code, function.post(streamed, bytes(data)));
    if (!code.equals("invalid_json")) {
      expect(status, param, code, structured(
          "{'specversion':'1.0','id':'1','source':'/t','type':'dev.ebb.decode.requested',"
              + "'datacontenttype':'application/json','data':" + json + "}"));
    }
  }

  @Test
  void moreTokensThanAnEngineLooksThroughAreRefused() {
    String ids = IntStream.range(0, 1025).mapToObj(Integer::toString).collect(Collectors.joining(","));
    String biases = IntStream.range(0, 1025).mapToObj(id -> "'" + id + "':1").collect(Collectors.joining(","));
    String work = GOOD.substring(0, GOOD.length() - 1) + ",'sampling':{";
    for (String name : List.of("stop_token_ids", "logit_bias")) {
      String given = name.equals("logit_bias") ? "{" + biases + "}" : "[" + ids + "]";
      String data = (work + "'" + name + "':" + given + "}}").replace('\'', '"');
      expect(400, name, "invalid_value",
          function.post(FunctionClient.headers(EventTypes.DECODE_REQUESTED), bytes(data)));
    }
  }

  @Test
  void aPromptOverTheContextIsRefused() {
    HttpResponse<String> response = function.post(EventTypes.DECODE_REQUESTED,
        FunctionClient.work("long", "x".repeat(4097), 1));
    assertEquals(400, response.statusCode());
    assertEquals("context_length_exceeded", FunctionClient.error(response).code());
  }

  @ParameterizedTest
  @CsvSource({"ce-specversion, specversion", "ce-source, source", "ce-type, type", "ce-id, id"})
  void aMissingAttributeIsNamed(String header, String attribute) {
    Map<String, String> headers = FunctionClient.headers(EventTypes.DECODE_REQUESTED);
    headers.remove(header);
    expect(400, attribute, "missing_attribute", function.post(headers, bytes(GOOD)));
    String event = "{'specversion':'1.0','id':'1','source':'/t','type':'dev.ebb.decode.requested','data':" + GOOD + "}";
    expect(400, attribute, "missing_attribute",
        structured(event.replaceFirst("'" + attribute + "':'[^']*',", "")));
  }

  @Test
  void anEventWithoutDataIsRefused() {
    expect(400, "data", "missing_attribute",
        function.post(FunctionClient.headers(EventTypes.DECODE_REQUESTED), new byte[0]));
  }

  @Test
  void anUnknownTypeOrVersionIsRefused() {
    expect(404, "type", "unknown_event_type", function.post("dev.ebb.generate.requested", Map.of()));
    expect(404, "type", "unknown_event_type", function.post(EventTypes.PREFILL_REQUESTED, Map.of()));
    Map<String, String> headers = FunctionClient.headers(EventTypes.DECODE_REQUESTED);
    headers.put("ce-specversion", "0.3");
    expect(400, "specversion", "invalid_value", function.post(headers, bytes(GOOD)));
  }

  @ParameterizedTest
  @CsvSource({"text/plain", "application/cloudevents-batch+json", "application/octet-stream"})
  void otherContentIsRefused(String type) {
    Map<String, String> headers = FunctionClient.headers(EventTypes.DECODE_REQUESTED);
    headers.put("content-type", type);
    assertEquals(415, function.post(headers, bytes(GOOD)).statusCode());
  }

  @Test
  void aStructuredEventThatIsNoJsonIsRefused() {
    expect(400, "data", "invalid_json", structured("{'specversion':"));
    expect(400, "specversion", "missing_attribute", structured("[]"));
    String head = "{'specversion':'1.0','id':'1','source':'/t','type':'dev.ebb.decode.requested'";
    expect(400, "data", "missing_attribute", structured(head + "}"));
    expect(400, "data_base64", "invalid_value", structured(head + ",'data_base64':'!'}"));
    expect(400, "data", "invalid_json", structured(head + ",'data_base64':'e30x'}"));
    assertEquals(415, structured(head + ",'datacontenttype':'text/xml','data':'<a/>'}").statusCode());
  }

  @Test
  void dataInBase64AreDataToo() {
    String data = Base64.getEncoder().encodeToString(bytes(GOOD.replace('\'', '"')));
    HttpResponse<String> response = structured("{'specversion':'1.0','id':'1','source':'/t',"
        + "'type':'dev.ebb.decode.requested','data_base64':'" + data + "'}");
    assertEquals(200, response.statusCode(), response::body);
    assertTrue(response.body().contains(EventTypes.DECODE_COMPLETED), response::body);
  }

  @Test
  void otherPathsAndMethodsAreRefused() {
    assertEquals("not_found", FunctionClient.error(function.get("/decode")).code());
    assertEquals(404, function.get("/v1/models").statusCode());
    HttpResponse<String> get = function.get("/");
    assertEquals(405, get.statusCode());
    assertEquals("method_not_allowed", FunctionClient.error(get).code());
  }

  @Test
  void aBodyOverTheLimitIsRefused() {
    HttpResponse<String> response =
        function.post(FunctionClient.headers(EventTypes.DECODE_REQUESTED), new byte[11 * 1024 * 1024]);
    assertEquals(413, response.statusCode());
    assertEquals("body_too_large", FunctionClient.error(response).code());
  }

  private HttpResponse<String> structured(String json) {
    return function.post(Map.of("content-type", "application/cloudevents+json"), bytes(json.replace('\'', '"')));
  }

  private static void expect(int status, String param, String code, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response::body);
    ErrorBody.Detail error = FunctionClient.error(response);
    assertEquals(param, error.param(), response::body);
    assertEquals(code, error.code(), response::body);
    assertEquals("invalid_request_error", error.type());
    assertTrue(error.message().length() > 10, response::body);
    assertFalse(response.body().contains("Exception"), response::body);
    assertFalse(response.body().contains("\\tat "), response::body);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

package dev.ebb.router.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.RouterProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jboss.logmanager.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every mistake of a caller is named, reaches no function, and leaves no demand behind. */
@QuarkusTest
@TestProfile(RouterProfile.class)
class BadInputTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String HI = "'messages': [{'role': 'user', 'content': 'hi'}]";

  private double wakes;

  @BeforeEach
  void reset() {
    Fakes.reset();
    wakes = wakes();
  }

  @AfterEach
  void reachesNoFunctionAndLeavesNoDemand() {
    assertTrue(Fakes.DECODE.idle() && Fakes.PREFILL.idle());
    assertEquals(0, Client.metric("ebb_demand{model=\"tiny\",phase=\"decode\"}"));
    assertEquals(0, Client.metric("ebb_demand{model=\"tiny\",phase=\"prefill\"}"));
    assertEquals(wakes, wakes(), "a refused request wakes nothing");
  }

  private static double wakes() {
    return Client.metric("ebb_function_wakes_total{model=\"tiny\",phase=\"decode\"}");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'temperature': -1                          | temperature        | invalid_value",
    "'temperature': 1e9                         | temperature        | invalid_value",
    "'temperature': 'hot'                       | temperature        | invalid_type",
    "'top_p': 0                                 | top_p              | invalid_value",
    "'top_p': 1.5                               | top_p              | invalid_value",
    "'top_k': -2                                | top_k              | invalid_value",
    "'top_k': 1.5                               | top_k              | invalid_type",
    "'min_p': 2                                 | min_p              | invalid_value",
    "'n': 0                                     | n                  | invalid_value",
    "'n': 100000                                | n                  | invalid_value",
    "'max_tokens': 0                            | max_tokens         | invalid_value",
    "'max_tokens': -5                           | max_tokens         | invalid_value",
    "'max_tokens': 1e300                        | max_tokens         | invalid_value",
    "'max_completion_tokens': 'x'               | max_completion_tokens | invalid_type",
    "'max_tokens': 5, 'min_tokens': 6           | min_tokens         | invalid_value",
    "'presence_penalty': 3                      | presence_penalty   | invalid_value",
    "'frequency_penalty': -2.1                  | frequency_penalty  | invalid_value",
    "'repetition_penalty': 0                    | repetition_penalty | invalid_value",
    "'seed': 1.5                                | seed               | invalid_type",
    "'seed': 99999999999999999999               | seed               | invalid_value",
    "'stop': 5                                  | stop               | invalid_type",
    "'stop': ['a', 1]                           | stop[1]            | invalid_type",
    "'stop': ''                                 | stop               | invalid_value",
    "'stop_token_ids': [99999]                  | stop_token_ids     | invalid_value",
    "'logit_bias': {'x': 1}                     | logit_bias.x       | invalid_value",
    "'logit_bias': {'99999': 1}                 | logit_bias.99999   | invalid_value",
    "'logit_bias': {'1': 101}                   | logit_bias         | invalid_value",
    "'logit_bias': []                           | logit_bias         | invalid_type",
    "'top_logprobs': 3                          | top_logprobs       | invalid_value",
    "'logprobs': true, 'top_logprobs': 21       | top_logprobs       | invalid_value",
    "'logprobs': 3                              | logprobs           | invalid_type",
    "'stream': 'yes'                            | stream             | invalid_type",
    "'stream_options': {'include_usage': true}  | stream_options     | invalid_value",
    "'stream': true, 'stream_options': {'x': 1} | stream_options.x   | unknown_parameter",
    "'stream': true, 'prompt_logprobs': 1       | prompt_logprobs    | invalid_value",
    "'cache_salt': ''                           | cache_salt         | invalid_value",
    "'cache_salt': 7                            | cache_salt         | invalid_type",
    "'priority': 'high'                         | priority           | invalid_type",
    "'continue_final_message': true             | continue_final_message | invalid_value",
    "'add_generation_prompt': false, 'continue_final_message': true, 'messages': [{'role': 'user', 'content': ' '}]"
        + " | continue_final_message | invalid_value",
    "'tempreature': 1                           | tempreature        | unknown_parameter",
    "'tools': [{'type': 'function'}]            | tools              | unsupported_parameter",
    "'tool_choice': 'required'                  | tool_choice        | unsupported_parameter",
    "'functions': [{}]                          | functions          | unsupported_parameter",
    "'response_format': {'type': 'json_object'} | response_format    | unsupported_parameter",
    "'audio': {}                                | audio              | unsupported_parameter",
    "'modalities': ['audio']                    | modalities         | unsupported_parameter",
    "'structured_outputs': {}                   | structured_outputs | unsupported_parameter",
    "'use_beam_search': true                    | use_beam_search    | unsupported_parameter",
    "'skip_special_tokens': false               | skip_special_tokens | unsupported_parameter",
    "'bad_words': ['x']                         | bad_words          | unsupported_parameter",
    "'chat_template': 'x'                       | chat_template      | unsupported_parameter",
    "'echo': true                               | echo               | unsupported_parameter",
  })
  void aWrongParameterIsNamed(String parameter, String name, String code) {
    refused(Client.post(CHAT, "{" + HI + ", " + parameter + "}"), 400, name, code);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'x': 1                                                | messages            | missing_required_parameter",
    "'messages': 'hi'                                      | messages            | invalid_type",
    "'messages': []                                        | messages            | empty_array",
    "'messages': [3]                                       | messages[0]         | invalid_type",
    "'messages': [{'content': 'x'}]                        | messages[0].role    | invalid_value",
    "'messages': [{'role': 'tool', 'content': 'x'}]        | messages[0].role    | invalid_value",
    "'messages': [{'role': 'user'}]                        | messages[0].content | invalid_type",
    "'messages': [{'role': 'user', 'content': 5}]          | messages[0].content | invalid_type",
    "'messages': [{'role': 'user', 'content': [{'type': 'video'}]}] | messages[0].content[0].type | unsupported_value",
    "'messages': [{'role': 'user', 'content': [{'type': 'text'}]}] | messages[0].content[0].text | invalid_type",
    "'messages': [{'role': 'user', 'content': '', 'tool_calls': [1]}] | messages[0].tool_calls | unsupported_parameter",
    "'messages': [{'role': 'user', 'content': 'refuse me'}] | messages           | chat_template_error",
  })
  void aWrongMessageIsNamed(String body, String name, String code) {
    refused(Client.post(CHAT, "{" + body + "}"), 400, name, code);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'x': 1                             | prompt        | missing_required_parameter",
    "'prompt': 5                        | prompt        | invalid_type",
    "'prompt': []                       | prompt        | empty_array",
    "'prompt': ''                       | prompt        | empty_prompt",
    "'prompt': [[]]                     | prompt        | empty_prompt",
    "'prompt': ['a', 1]                 | prompt[1]     | invalid_type",
    "'prompt': [1, 'a']                 | prompt[1]     | invalid_type",
    "'prompt': [1, -1]                  | prompt[1]     | invalid_value",
    "'prompt': [[1], [259]]             | prompt[1][0]  | invalid_value",
    "'prompt': [1.5]                    | prompt[0]     | invalid_type",
    "'prompt': 'a', 'max_tokens': -1    | max_tokens    | invalid_value",
    "'prompt': 'a', 'suffix': 'b'       | suffix        | unsupported_parameter",
    "'prompt': 'a', 'best_of': 2        | best_of       | unsupported_value",
    "'prompt': ['a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a'], 'n': 128 | n | invalid_value",
    "'prompt': 'a', 'logprobs': 21      | logprobs      | invalid_value",
    "'prompt': 'a', 'logprobs': true    | logprobs      | invalid_type",
    "'prompt': 'a', 'echo': 1           | echo          | invalid_type",
    "'prompt': 'a', 'truncate_prompt_tokens': 0 | truncate_prompt_tokens | invalid_value",
  })
  void aWrongPromptIsNamed(String body, String name, String code) {
    refused(Client.post("/v1/completions", "{" + body + "}"), 400, name, code);
  }

  @Test
  void aPromptBeyondTheContextIsRefusedWithTheCounts() {
    Reply reply = Client.post("/v1/completions", "{'prompt': '" + "a".repeat(600) + "', 'max_tokens': 10}");
    refused(reply, 400, "prompt", "context_length_exceeded");
    String message = reply.json().at("/error/message").asText();
    assertTrue(message.contains("512") && message.contains("610") && message.contains("600"), message);
  }

  @Test
  void promptAndAnswerTogetherMustFit() {
    refused(Client.post("/v1/completions", "{'prompt': 'abc', 'max_tokens': 510}"), 400, "prompt",
        "context_length_exceeded");
    refused(Client.post(CHAT, "{" + HI + ", 'max_tokens': 500}"), 400, "messages", "context_length_exceeded");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'min_p': -0.1                | min_p             | must be between 0 and 1, got -0.1",
    "'temperature': 1e20          | temperature       | got 1.0E20",
    "'temperature': 1e400         | temperature       | beyond 1e308",
    "'top_p': 1.1                 | top_p             | got 1.1",
    "'logit_bias': {'1': 100.1}   | logit_bias        | got 100.1",
    "'logit_bias': {'1': 1e400}   | logit_bias.1      | beyond 1e308",
    "'max_tokens': 1e400          | max_tokens        | beyond 1e308",
    "'seed': 1e400                | seed              | beyond 1e308",
  })
  void aNumberIsShownAsTheCallerWroteIt(String parameter, String name, String end) {
    Reply reply = Client.post(CHAT, "{" + HI + ", " + parameter + "}");
    refused(reply, 400, name, "invalid_value");
    String message = reply.json().at("/error/message").asText();
    assertTrue(message.replaceFirst("\\.$", "").endsWith(end), message);
  }

  @Test
  void halfASurrogatePairIsNoCharacter() {
    refused(Client.post("/v1/completions", "{'prompt': 'a\\ud800'}"), 400, "prompt", "invalid_value");
    refused(Client.post("/v1/completions", "{'prompt': ['a', '\\udc00b']}"), 400, "prompt[1]", "invalid_value");
    refused(Client.post("/tokenize", "{'prompt': '\\ud800'}"), 400, "prompt", "invalid_value");
    String chat = "{'messages': [{'role': 'user', 'content': '\\ud83d'}]}";
    refused(Client.post(CHAT, chat), 400, "messages[0].content", "invalid_value");
    refused(Client.post("/tokenize", chat), 400, "messages[0].content", "invalid_value");
    assertEquals(200, Client.post("/tokenize", "{'prompt': '\\ud83d\\ude00'}").status());
  }

  @Test
  void deepJsonIsRefused() {
    Reply reply = Client.post(CHAT,
        "{" + HI + ", 'chat_template_kwargs': {'a': " + "[".repeat(900) + "]".repeat(900) + "}}");
    refused(reply, 400, null, "invalid_json");
    String message = reply.json().at("/error/message").asText();
    assertTrue(message.endsWith("Document nesting depth (101) exceeds the maximum allowed (100)"), message);
  }

  @Test
  void theReadersOwnTermsAreNotShown() {
    String message = Client.post(CHAT, "{'messages': [").json().at("/error/message").asText();
    assertFalse(message.contains("REDACTED") || message.contains("`"), message);
  }

  @Test
  void aBodyThatIsSurelyNotJsonIsNamed() {
    for (String media : new String[] {"multipart/form-data; boundary=x", "Text/XML", "application/xhtml+xml"}) {
      refused(Client.post(CHAT, "--x\r\ncontent-disposition: form-data; name=f; filename=f\r\n\r\na\r\n--x--\r\n",
          "content-type", media), 415, null, "unsupported_media_type");
    }
  }

  @Test
  void aTemplateIsGivenItsOwnVariablesByNobodyElse() {
    for (String own : new String[] {"messages", "bos_token"}) {
      refused(Client.post(CHAT, "{" + HI + ", 'chat_template_kwargs': {'" + own + "': []}}"), 400,
          "chat_template_kwargs", "invalid_value");
    }
  }

  @Test
  void aPathTooLongIsRefused() {
    refused(Client.get("/v1/models/" + "a".repeat(5000)), 414, null, "uri_too_long");
  }

  @Test
  void aBrokenUploadIsTheCallersFaultAndNotLogged() throws IOException {
    List<LogRecord> records = Collections.synchronizedList(new ArrayList<>());
    Handler handler = new Handler() {
      @Override
      public void publish(LogRecord record) {
        records.add(record);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
    Logger.getLogger("").addHandler(handler);
    try {
      String head = "POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
      raw(head + "transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n");
      raw(head + "content-length: 100\r\n\r\n{");
      assertEquals(200, Client.get("/v1/models").status());
    } finally {
      Logger.getLogger("").removeHandler(handler);
    }
    assertTrue(records.stream().noneMatch(record -> record.getLevel().intValue() >= Level.WARNING.intValue()),
        () -> records.stream().map(LogRecord::getMessage).toList().toString());
  }

  /** Sends these characters, and closes once the router did or half a second later. */
  private static void raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", Client.port())) {
      socket.setSoTimeout(500);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getInputStream().readAllBytes();
    } catch (SocketTimeoutException e) {
      // The router waits for the rest.
    }
  }

  @Test
  void malformedJsonIsRefusedWithItsPlace() {
    Reply reply = Client.post(CHAT, "{\n 'messages': [}");
    refused(reply, 400, null, "invalid_json");
    assertTrue(reply.json().at("/error/message").asText().contains("line 2, column 15"), reply.http()::body);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "``       | missing_body", "[1]      | invalid_type", "null     | invalid_type", "{} {}    | invalid_json",
    "{'a': NaN} | invalid_json", "{'a': 'b  | invalid_json"})
  void aBodyThatIsNoObjectIsRefused(String body, String code) {
    refused(Client.post(CHAT, body), 400, null, code);
  }

  @Test
  void anUnknownModelIsNotFound() {
    refused(Client.post(CHAT, "{'model': 'gpt-9', " + HI + "}"), 404, "model", "model_not_found");
    refused(Client.get("/v1/models/gpt-9"), 404, "model", "model_not_found");
    refused(Client.post("/tokenize", "{'model': 'gpt-9', 'prompt': 'a'}"), 404, "model", "model_not_found");
  }

  @Test
  void anUnknownPathIsNotFound() {
    refused(Client.get("/v1/nothing"), 404, null, "not_found");
    refused(Client.post("/dev-ebb-generate", "{}"), 404, null, "not_found");
    refused(Client.get("/q/nothing"), 404, null, "not_found");
  }

  @Test
  void aWrongMethodIsNamedWithTheRightOne() {
    Reply reply = Client.get(CHAT);
    refused(reply, 405, null, "method_not_allowed");
    assertEquals("POST", reply.header("allow"));
    assertEquals("GET, HEAD", Client.post("/v1/models", "{}").header("allow"));
    refused(Client.post("/v1/models", "{}"), 405, null, "method_not_allowed");
    refused(Client.get("/"), 405, null, "method_not_allowed");
  }

  @Test
  void aBodyOverTheLimitIsRefused() {
    refused(Client.post(CHAT, "{'messages': '" + "a".repeat(30_000) + "'}"), 413, null, "body_too_large");
    HttpRequest.BodyPublisher chunked = HttpRequest.BodyPublishers.ofInputStream(
        () -> new ByteArrayInputStream(new byte[30_000]));
    refused(Client.send(Client.request(CHAT, "content-type", "application/json").POST(chunked)), 413, null,
        "body_too_large");
  }

  @Test
  void wrongTokensAreRefused() {
    refused(Client.post("/detokenize", "{'tokens': [999]}"), 400, "tokens", "invalid_value");
    refused(Client.post("/detokenize", "{'tokens': 'a'}"), 400, "tokens", "invalid_type");
    refused(Client.post("/detokenize", "{}"), 400, "tokens", "missing_required_parameter");
    refused(Client.post("/tokenize", "{'prompt': 3}"), 400, "prompt", "invalid_type");
    refused(Client.post("/tokenize", "{}"), 400, "prompt", "missing_required_parameter");
  }

  private static void refused(Reply reply, int status, String parameter, String code) {
    JsonNode error = reply.json().path("error");
    assertEquals(status, reply.status(), reply.http()::body);
    assertEquals(code, error.path("code").asText(), error::toString);
    assertEquals(parameter, error.path("param").isNull() ? null : error.path("param").asText(), error::toString);
    assertEquals("invalid_request_error", error.path("type").asText());
    assertFalse(error.path("message").asText().isBlank());
  }
}

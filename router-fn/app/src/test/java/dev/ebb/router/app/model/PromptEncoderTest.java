package dev.ebb.router.app.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebb.router.app.testing.TinyModelLoader;
import dev.ebb.router.request.Prompt;
import dev.ebb.router.request.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the last message is continued, nothing of the template comes after its text, whatever that is. */
class PromptEncoderTest {
  private static final String CHATML = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n'"
      + " + message['content'] + '<|im_end|>\n' }}{% endfor %}";
  private static final String TRIMS = "{% for message in messages %}{{ '[' + message['role'] + ']\n'"
      + " + message['content'] | trim + '[end]' }}{% endfor %}";

  private static String continued(String template, String content) {
    ServedModel model = new ServedModel("m", TinyModelLoader.tokenizer(), Optional.of(template), 512, "f",
        new SamplingDefaults(Map.of()), 0);
    List<Map<String, Object>> messages =
        List.of(Map.of("role", "user", "content", "hi"), Map.of("role", "assistant", "content", content));
    return new PromptEncoder().text(model, new Prompt.Chat(messages, false, true, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"well, ", "<", "|", "im_end", "\n", " a ", "<|im_end|>", "hi", "> \n\n"})
  void aTextIsKeptAsItIs(String content) {
    assertEquals("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n" + content, continued(CHATML, content));
  }

  @ParameterizedTest
  @ValueSource(strings = {"well, ", "[", "end", " a\n", "]"})
  void aTemplateThatTrimsTrimsHereToo(String content) {
    assertEquals("[user]\nhi[end][assistant]\n" + content.strip(), continued(TRIMS, content));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{{ messages[0]['content'] }}", "{{ messages[1]['content'][2:] }}",
      "{{ messages[1]['content'] | upper }}"})
  void aTemplateThatChangesTheMessageIsRefused(String template) {
    Refusal refusal = assertThrows(Refusal.class, () -> continued(template, "well"));
    assertEquals("continue_final_message", refusal.parameter());
  }
}

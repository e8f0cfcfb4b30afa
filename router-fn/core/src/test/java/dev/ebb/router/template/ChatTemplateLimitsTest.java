package dev.ebb.router.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A hostile or broken template ends in an error that says why, and never takes the process along. */
class ChatTemplateLimitsTest {

  private static String render(String source) {
    return ChatTemplate.of(source)
        .limitedTo(Duration.ofMillis(300), 100_000)
        .render(List.of(Map.of("role", "user", "content", "hi")), false, Map.of());
  }

  static Stream<String> endless() {
    String nest = "{% for a in range(90000) %}";
    return Stream.of(
        nest + nest + "{% endfor %}{% endfor %}",
        "{% macro m(k) %}{{ m(k) }}{% endmacro %}{{ m(1) }}",
        "{% macro m(k) %}{% if k %}{{ m(k - 1) }}{{ m(k - 1) }}{% endif %}{% endmacro %}{{ m(40) }}",
        "{{ range(10 ** 15)|list }}",
        "{{ 'x' * 10 ** 12 }}",
        "{{ [1] * 10 ** 12 }}",
        "{% set n = namespace(s='x') %}{% for i in range(100) %}{% set n.s = n.s + n.s %}{% endfor %}",
        "{% set n = namespace(s='x') %}{% for i in range(100) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
        "{% set n = namespace(s=[1]) %}{% for i in range(100) %}{% set n.s = n.s + n.s %}{% endfor %}",
        "{% set n = namespace(s='x') %}{% for i in range(100) %}{% set n.s = n.s.replace('x', 'xx') %}{% endfor %}",
        "{% set n = namespace(s='x') %}{% for i in range(100) %}{% set n.s = [n.s, n.s]|join %}{% endfor %}",
        "{% for i in range(90000) %}{{ 'some more text' }}{% endfor %}");
  }

  @ParameterizedTest
  @MethodSource("endless")
  void endlessWorkIsStopped(String source) {
    TemplateException e = assertThrows(TemplateException.class, () -> render(source));
    assertTrue(
        e.getMessage().matches("chat template line 1: .*(longer than|larger than|deep).*"), e.getMessage());
    assertFalse(e.raisedByTemplate());
  }

  static Stream<String> deep() {
    return Stream.of(
        "{{ " + "(".repeat(50_000) + "1" + ")".repeat(50_000) + " }}",
        "{{ " + "-".repeat(50_000) + "1 }}",
        "{{ " + "not ".repeat(50_000) + "x y }}",
        "{{ " + "[".repeat(50_000) + " }}",
        "{% if x %}".repeat(50_000) + "{% endif %}".repeat(50_000));
  }

  @ParameterizedTest
  @MethodSource("deep")
  void deepNestingIsRefused(String source) {
    assertThrows(TemplateException.class, () -> render(source));
  }

  @Test
  void manyElseBranchesAndLongChainsAreFine() {
    assertEquals("1", render("{% if x %}" + "{% elif x %}".repeat(2000) + "{% else %}1{% endif %}"));
    assertEquals("2001", render("{{ 1" + " + 1".repeat(2000) + " }}"));
  }

  @Test
  void javaIsOutOfReach() {
    for (String source : List.of(
        "{{ ''.getClass() }}", "{{ messages.getClass() }}", "{{ messages.stream() }}", "{{ ____int3rpr3t3r____ }}",
        "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{% from 'x' import y %}",
        "{% do messages.clear() %}", "{{ messages.clear() }}", "{{ messages[0].put('a', 1) }}",
        "{{ ''.class.forName('x') }}")) {
      try {
        assertEquals("", render(source), source);
      } catch (TemplateException e) {
        assertTrue(e.getMessage().startsWith("chat template line 1: "), e.getMessage());
      }
    }
  }

  @Test
  void errorsNameTheLine() {
    TemplateException syntax = assertThrows(TemplateException.class, () -> render("a\nb\n{% if %}x{% endif %}"));
    assertTrue(syntax.getMessage().startsWith("chat template line 3: "), syntax.getMessage());
    TemplateException undefined = assertThrows(TemplateException.class, () -> render("a\n\n  {{ x.y.z }}"));
    assertEquals("chat template line 3: 'x' is undefined", undefined.getMessage());
    TemplateException raised = assertThrows(TemplateException.class, () -> render("{{ raise_exception('No!') }}"));
    assertEquals("No!", raised.getMessage());
    assertTrue(raised.raisedByTemplate());
  }

  @Test
  void messagesAreNeverReadAsTemplates() {
    String hostile = "{{ 7 * 7 }}{% raw %}{# x #}";
    assertEquals(hostile, ChatTemplate.of("{{ messages[0].content }}")
        .render(List.of(Map.of("content", hostile)), false, Map.of()));
  }

  @Test
  void oneTemplateRendersInManyThreadsAtOnce() throws Exception {
    ChatTemplate template = ChatTemplate.of(Recorded.resource("qwen3-style.jinja"));
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<String>> calls = IntStream.range(0, 200)
          .mapToObj(i -> (Callable<String>) () -> template.render(
              List.of(Map.of("role", "user", "content", "q" + i)), true, Map.of()))
          .toList();
      int i = 0;
      for (Future<String> answer : threads.invokeAll(calls)) {
        assertEquals("<|im_start|>user\nq" + i++ + "<|im_end|>\n<|im_start|>assistant\n", answer.get());
      }
    }
  }
}

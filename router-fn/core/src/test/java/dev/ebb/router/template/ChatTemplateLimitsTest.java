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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A hostile or broken template ends in an error that says why, and never takes the process along. */
class ChatTemplateLimitsTest {
  /** Soon over, for templates that would never end. */
  private static final Duration BRIEF = Duration.ofMillis(300);
  /** Longer than any other template takes, on a machine that has other work as well. */
  private static final Duration AMPLE = Duration.ofSeconds(60);

  private static String render(String source) {
    return render(source, AMPLE);
  }

  private static String render(String source, Duration limit) {
    return ChatTemplate.of(source)
        .limitedTo(limit, 1_000_000)
        .render(List.of(Map.of("role", "user", "content", "hi")), false, Map.of());
  }

  static Stream<String> endless() {
    String nest = "{% for a in range(60000) %}";
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
        "{% set n = namespace(s=[]) %}" + nest + "{% set n.s = [n.s, 'x' * 900000] %}{% endfor %}",
        "{% set n = namespace(s={}) %}" + nest + "{% set n.s = dict(n.s, {a: n.s}) %}{% endfor %}",
        nest + "{{ 'some more text than is let through' }}{% endfor %}");
  }

  /** Values that are small themselves, since they hold one another twice, and endless to walk through. */
  static Stream<String> doubled() {
    String list = "{% set n = namespace(s='x') %}{% for i in range(40) %}{% set n.s = [n.s, n.s] %}{% endfor %}";
    String dict = list.replace("[n.s, n.s]", "{'a': n.s, 'b': n.s}");
    String other = list.replace("set n", "set m").replace("n.s", "m.s");
    return Stream.concat(
        Stream.of("{{ n.s }}", "{{ n }}", "{{ n.s ~ 1 }}", "{{ n.s|string }}", "{{ n.s|trim }}", "{{ [n.s]|join }}",
            "{{ '%s' % (n.s,) }}", "{{ '%r'|format(n.s) }}", "{{ '{}'.format(n.s) }}", "{{ n.s is lower }}",
            "{{ n.s|tojson }}", "{{ n.s|tojson(indent=2) }}", "{{ [1]|tojson(separators=(n.s, '')) }}",
            "{{ {'a': 1}[n.s] }}", "{{ raise_exception(n.s) }}", "{{ 'x'.split(n.s) }}", "{{ 'x'|trim(n.s) }}",
            "{{ [1, 2]|join(n.s) }}", "{{ {n: 1} }}", "{% set n.n = n %}{{ n }}", "{{ [1].index(n.s) }}")
            .flatMap(use -> Stream.of(list + use, dict + use)),
        Stream.of("{{ n.s == m.s }}", "{{ n.s < m.s }}", "{{ m.s in [n.s] }}", "{{ n.s is eq m.s }}",
            "{{ [n.s, m.s]|unique }}", "{{ [n.s, m.s]|sort }}", "{{ [n.s, m.s]|max }}", "{{ [n.s].index(m.s) }}",
            "{{ [n.s].count(m.s) }}", "{{ [n.s]|select('in', [m.s])|list }}",
            "{% for i in [n.s, m.s] %}{{ loop.changed(i) }}{% endfor %}").map(use -> list + other + use));
  }

  /** Steps whose time or result grows faster than their operands. */
  static Stream<String> steep() {
    String texts = "(['x' * 900000] * 60000)";
    String repeats = "('a' * 900000)";
    String part = "('a' * 400000 ~ 'b')";
    return Stream.of(
        "{{ range(1000000)|unique|list }}",
        "{{ range(10 ** 6, 10 ** 6 + 60000)|map('string')|map('list')|unique }}",
        "{{ " + texts + "|unique }}", "{{ " + texts + "|sort }}", "{{ " + texts + "|min }}",
        "{{ " + texts + "|map('upper')|list }}",
        "{{ " + texts + "|select('lower')|list }}",
        "{{ " + texts + "|map(attribute='a' ~ '.a' * 90000, default='-')|list }}",
        "{{ ([[1]] * 60000)|sum(start=[]) }}", "{{ ('%s' * 60000) % " + texts + " }}",
        "{{ ('\\n' * 900000)|indent('x' * 900000, blank=true) }}", "{{ ('&' * 900000)|escape }}",
        "{{ ([1] * 60000)|tojson(indent='x' * 900000) }}", "{{ ('\\x01' * 900000)|tojson }}",
        "{{ ['\\x01' * 900000] }}", "{{ strftime_now('%B' * 400000) }}", "{{ ('ß' * 900000)|upper }}",
        "{{ ('ß' * 900000)|upper|length }}", "{{ ('İ' * 900000)|lower }}", "{{ ('ß' * 900000).isupper() }}",
        "{{ ('x ' * 400000)|wordcount }}", "{{ ('x ' * 400000).split() }}", "{{ ('x ' * 400000).split('x') }}",
        "{{ ('x\\n' * 400000).splitlines() }}", "{{ ('x' * 900000)|list }}",
        "{{ " + part + " in " + repeats + " }}", "{{ " + repeats + ".replace(" + part + ", '') }}",
        "{{ " + repeats + ".split(" + part + ") }}", "{{ " + repeats + ".rsplit('b' ~ " + repeats + "[:400000]) }}",
        "{{ " + repeats + ".count(" + part + ") }}", "{{ " + repeats + ".find(" + part + ") }}",
        "{{ " + repeats + ".partition(" + part + ") }}",
        "{{ " + repeats + ".startswith(['a' * 800000 ~ 'b'] * 60000) }}",
        "{% for i in range(60000) if ('x' * 900000) is upper %}{% endfor %}",
        "{% for i in range(60000) %}{% set c = ('x' * 900000)[i] %}{% endfor %}");
  }

  @ParameterizedTest
  @MethodSource({"endless", "doubled", "steep"})
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void endlessWorkIsStopped(String source) {
    TemplateException e = assertThrows(TemplateException.class, () -> render(source, BRIEF));
    assertTrue(
        e.getMessage().matches("chat template line 1: .*(longer than|larger than|deep).*"),
        e.getMessage());
    assertFalse(e.raisedByTemplate());
  }

  static Stream<String> deep() {
    return Stream.of(
        "{{ " + "(".repeat(50_000) + "1" + ")".repeat(50_000) + " }}",
        "{{ " + "-".repeat(50_000) + "1 }}",
        "{{ " + "not ".repeat(50_000) + "x y }}",
        "{{ " + "[".repeat(50_000) + " }}",
        "{{ x" + "|trim".repeat(500_000) + " }}",
        "{{ 1" + " + 1".repeat(500_000) + " }}",
        "{% set " + "(".repeat(50_000) + "x = 1 %}",
        "{% raw %}" + "{%".repeat(500_000) + "%}",
        "{% if x %}".repeat(50_000) + "{% endif %}".repeat(50_000));
  }

  @ParameterizedTest
  @MethodSource("deep")
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void deepNestingIsRefused(String source) {
    assertThrows(TemplateException.class, () -> render(source));
  }

  @Test
  void deepValuesAreRefusedWithTheLine() {
    String deep = "{% set n = namespace(s=[]) %}{% set m = namespace(s=[]) %}{% for i in range(5000) %}"
        + "{% set n.s = [n.s] %}{% set m.s = [m.s] %}{% endfor %}";
    for (String use : List.of("n.s", "n.s|tojson", "n.s == m.s", "n.s < m.s")) {
      TemplateException e = assertThrows(TemplateException.class, () -> render(deep + "{{ " + use + " }}"));
      assertEquals("chat template line 1: values are nested more than 500 deep", e.getMessage());
    }
  }

  @Test
  void largeValuesWithinTheLimitsAreFine() {
    for (Map.Entry<String, String> each : Map.of(
        "('x ' * 60000)|wordcount", "60000",
        "(range(30000)|list + range(30000)|list)|unique|list|length", "30000",
        "(range(60000)|list)|sort(reverse=true)|first", "59999",
        "('aΣ' * 400000)|lower|length", "800000",
        "('İ' * 400000)|lower|length", "800000",
        "('ß' * 400000)|upper|length", "800000",
        "('a' * 900000).rfind('b' ~ 'a' * 400000)", "-1",
        "(('a' * 400000 ~ 'b') * 2).rfind('a' * 400000 ~ 'b')", "400001",
        "[1, 1.0, true, 'a', 'A', none, none, [1], [1.0], 0, false, -0.0, {'a': 1}, {'a': 1.0}]|unique|list",
        "[1, 'a', None, [1], 0, {'a': 1}]").entrySet()) {
      ChatTemplate template = ChatTemplate.of("{{ " + each.getKey() + " }}");
      assertEquals(each.getValue(), template.limitedTo(AMPLE, 1_000_000)
          .render(List.of(), false, Map.of()));
    }
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

package dev.ebb.keda.setting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.Fixtures;
import dev.ebb.keda.trigger.Names;
import dev.ebb.keda.trigger.PrometheusTrigger;
import dev.ebb.keda.trigger.PushTrigger;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsReaderTest {
  private static final Names NAMES = new Names("ns", "decode", "rev-1");

  private static Reading read(Map<String, String> annotations) {
    return SettingsReader.read(annotations, NAMES);
  }

  private static Settings valid(Map<String, String> annotations) {
    return assertInstanceOf(Reading.Valid.class, read(annotations)).settings();
  }

  private static Reading.Refused refused(String key, String value) {
    Map<String, String> annotations = Fixtures.annotations();
    annotations.put(key, value);
    return assertInstanceOf(Reading.Refused.class, read(annotations));
  }

  @Test
  void defaultsAreFilledIn() {
    Settings settings = valid(Map.of(Annotations.TRIGGERS, Fixtures.TRIGGERS));
    assertEquals(0, settings.min());
    assertEquals(Settings.MAX_DEFAULT, settings.max());
    assertEquals(1, settings.initial());
    assertEquals(Duration.ofSeconds(5), settings.pollingInterval());
    assertEquals(Duration.ofSeconds(300), settings.cooldown());
    assertEquals(Duration.ofSeconds(300), settings.scaleDownWindow());
  }

  @Test
  void everythingCanBeSaid() {
    Map<String, String> annotations = Fixtures.annotations();
    annotations.putAll(Map.of(Annotations.MIN_SCALE, "1", Annotations.MAX_SCALE, "4", Annotations.INITIAL_SCALE, "0",
        Annotations.POLLING_INTERVAL, "2", Annotations.COOLDOWN, "5m", Annotations.SCALE_DOWN_WINDOW, "1h",
        "foreign.io/triggers", "x"));
    Settings settings = valid(annotations);
    assertEquals(List.of(1, 4, 0), List.of(settings.min(), settings.max(), settings.initial()));
    assertEquals(Duration.ofSeconds(2), settings.pollingInterval());
    assertEquals(Duration.ofMinutes(5), settings.cooldown());
    assertEquals(Duration.ofHours(1), settings.scaleDownWindow());
    assertEquals(List.of(new PushTrigger("router:9190", Map.of("rev", "{revision}")),
        new PrometheusTrigger("http://prom:9090", "sum(ebb_demand{rev=\"{revision}\"})", "4")), settings.triggers());
  }

  @Test
  void knativesOlderSpellingCountsToo() {
    Map<String, String> annotations = Fixtures.annotations();
    annotations.remove(Annotations.MAX_SCALE);
    annotations.put("autoscaling.knative.dev/minScale", "2");
    annotations.put("autoscaling.knative.dev/maxScale", "3");
    assertEquals(List.of(2, 3), List.of(valid(annotations).min(), valid(annotations).max()));
  }

  @Test
  void triggersMayBeJson() {
    String json = """
        [{"type": "prometheus", "serverAddress": "http://p", "query": "up", "threshold": "0.5",
          "activationThreshold": 1, "ignoreNullValues": true, "name": "n", "authentication": "a",
          "authModes": "bearer"}]
        """;
    assertEquals(List.of(new PrometheusTrigger("http://p", "up", new BigDecimal("0.5"), BigDecimal.ONE, true,
        Optional.of("n"), Optional.of("a"), Optional.of("bearer"))),
        valid(Map.of(Annotations.TRIGGERS, json)).triggers());
  }

  /** The form in which {@code ebb render} writes them: all values texts. */
  @Test
  void valuesMayAllBeTexts() {
    String json = """
        [{"type":"external-push","scalerAddress":"router.ns.svc:9190","metadata":{"model":"m","phase":"decode"}},
         {"type":"prometheus","serverAddress":"http://p","query":"sum(a{r=\\"{revision}\\"})","threshold":"4",
          "activationThreshold":"0","ignoreNullValues":"true"}]
        """;
    assertEquals(List.of(new PushTrigger("router.ns.svc:9190", Map.of("model", "m", "phase", "decode")),
        new PrometheusTrigger("http://p", "sum(a{r=\"{revision}\"})", new BigDecimal("4"), BigDecimal.ZERO, true,
            Optional.empty(), Optional.empty(), Optional.empty())),
        valid(Map.of(Annotations.TRIGGERS, json)).triggers());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "autoscaling.knative.dev/min-scale | 3 | is above autoscaling.knative.dev/max-scale 2",
      "autoscaling.knative.dev/initial-scale | 3 | is above autoscaling.knative.dev/max-scale 2",
      "autoscaling.knative.dev/min-scale | -1 | whole number, 0 or more",
      "autoscaling.knative.dev/max-scale | many | whole number, 0 or more",
      "autoscaling.knative.dev/max-scale | 1.5 | whole number, 0 or more",
      "autoscaling.knative.dev/initial-scale | '' | whole number, 0 or more",
      "keda.ebb.dev/cooldown | 500ms | whole seconds",
      "keda.ebb.dev/cooldown | 1.5s | whole seconds",
      "keda.ebb.dev/cooldown | 15 s | whole seconds",
      "keda.ebb.dev/cooldown | -15s | whole seconds",
      "keda.ebb.dev/cooldown | 1d | whole seconds",
      "keda.ebb.dev/cooldown | 25h | out of range; give 0s to 86400s",
      "keda.ebb.dev/cooldown | 99999999999 | whole seconds",
      "keda.ebb.dev/polling-interval | 0s | out of range; give 1s to 3600s",
      "keda.ebb.dev/polling-interval | '' | whole seconds",
      "keda.ebb.dev/scale-down-window | 2h | out of range; give 0s to 3600s",
      "keda.ebb.dev/coldown | 15s | did you mean keda.ebb.dev/cooldown?",
      "keda.ebb.dev/trigger | x | did you mean keda.ebb.dev/triggers?",
      "keda.ebb.dev/poll-interval | 5s | did you mean keda.ebb.dev/polling-interval?",
      "keda.ebb.dev/min-scale | 1 | did you mean autoscaling.knative.dev/min-scale?",
      "keda.ebb.dev/max-scale | 1 | did you mean autoscaling.knative.dev/max-scale?"})
  void aBadAnnotationIsNamedWithItsValueAndTheMend(String key, String value, String mend) {
    Reading.Refused refused = refused(key, value);
    assertEquals(1, refused.problems().size(), refused.message());
    Problem problem = refused.problems().getFirst();
    assertEquals(key, problem.annotation());
    assertEquals(value, problem.value());
    assertTrue(problem.mend().contains(mend), problem.sentence());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "'' | '' | without a trigger nothing could wake",
      "'[]' | '' | not a list with at least one trigger",
      "'hello' | '' | not a list with at least one trigger",
      "'{type: prometheus}' | '' | not a list with at least one trigger",
      "'[{type: cron' | '' | neither YAML nor JSON",
      "'[{type: a, type: b}]' | '' | neither YAML nor JSON",
      "'[7]' | [0] | not a trigger",
      "'[{scalerAddress: a:1}]' | [0].type | is missing; give one of",
      "'[{type: promethius}]' | [0].type | did you mean prometheus?",
      "'[{type: external-push}]' | [0].scalerAddress | must be given",
      "'[{type: external-push, scalerAddress: router}]' | [0] | router' is not host:port",
      "'[{type: external-push, scalerAddress: a:1, metadata: x}]' | [0].metadata | not a set of keys and values",
      "'[{type: external-push, scalerAddress: a:1, scalerAdress: b:1}]' | [0].scalerAdress"
          + " | did you mean scalerAddress?",
      "'[{type: external-push, scalerAddress: a:1, metadata: {r: \"{pod}\"}}]' | [0] | unknown variable {pod}",
      "'[{type: prometheus, serverAddress: \"http://p\", query: up, threshold: 0}]' | [0] | threshold 0 is not above 0",
      "'[{type: prometheus, serverAddress: \"http://p\", query: up, threshold: -4}]' | [0] | threshold -4",
      "'[{type: prometheus, serverAddress: \"http://p\", query: up, threshold: 4s}]' | [0].threshold | without a unit",
      "'[{type: prometheus, serverAddress: \"http://p\", query: up}]' | [0].threshold | is missing",
      "'[{type: prometheus, serverAddress: \"http://p\", query: \"\", threshold: 1}]' | [0] | query is empty",
      "'[{type: prometheus, serverAddress: \"http://p\", threshold: 1}]' | [0].query | must be given",
      "'[{type: prometheus, serverAddress: \"p:9090\", query: up, threshold: 1}]' | [0] | not an http or https URL",
      "'[{type: prometheus, serverAddress: \"http://p\", query: 1, threshold: 1}]' | [0].query | put it in quotes",
      "'[{type: prometheus, serverAddress: \"http://p\", query: up, treshold: 1, threshold: 1}]'"
          + " | [0].treshold | did you mean threshold?",
      "'[{type: external-push, scalerAddress: a:1, authentication: a}]' | [0].authentication | take it out: only",
      "'[{type: prometheus, serverAddress: \"http://p\", query: up, threshold: 1, authentication: A/b}]' | [0]"
          + " | is no name of an object in Kubernetes",
      "'[{type: prometheus, serverAddress: \"http://p\", query: up, threshold: 1, authentication: 7}]'"
          + " | [0].authentication | put it in quotes",
      "'[{type: prometheus, serverAddress: \"http://p\", query: up, threshold: 1, authModes: basic}]' | [0]"
          + " | authModes needs authentication",
      "'[{type: prometheus, serverAddress: \"http://p\", query: up, threshold: 1, authentication: a,"
          + " authModes: baisc}]' | [0] | did you mean basic?",
      "'[{type: prometheus, serverAddress: \"http://p\", query: up, threshold: 1, authentication: a,"
          + " autModes: basic}]' | [0].autModes | did you mean authModes?",
      "'[{type: prometheus, serverAddress: \"http://p\", query: up, threshold: 1, ignoreNullValues: maybe}]'"
          + " | [0].ignoreNullValues | neither true nor false"})
  void aBadTriggerIsNamedByItsPlace(String text, String path, String mend) {
    Reading.Refused refused = refused(Annotations.TRIGGERS, text);
    assertEquals(1, refused.problems().size(), refused.message());
    Problem problem = refused.problems().getFirst();
    assertEquals(Annotations.TRIGGERS + path, problem.annotation() + problem.path());
    assertTrue(problem.sentence().contains(mend), problem.sentence());
  }

  @Test
  void missingTriggersAreRefusedAndAllProblemsToldAtOnce() {
    Map<String, String> annotations = Map.of(Annotations.COOLDOWN, "x", Annotations.MIN_SCALE, "101");
    Reading.Refused refused = assertInstanceOf(Reading.Refused.class, read(annotations));
    assertEquals(List.of(Annotations.MIN_SCALE, Annotations.COOLDOWN, Annotations.TRIGGERS),
        refused.problems().stream().map(Problem::annotation).toList());
    assertTrue(refused.message().contains("above autoscaling.knative.dev/max-scale 100, the default"),
        refused.message());
  }

  @Test
  void aVariableWithoutAValueIsRefusedWhenRead() {
    Reading reading = SettingsReader.read(Map.of(Annotations.TRIGGERS,
        "[{type: external-push, scalerAddress: a:1, metadata: {s: \"{service}\"}}]"), new Names("ns", "", "rev-1"));
    assertTrue(assertInstanceOf(Reading.Refused.class, reading).message().contains("{service} has no value"));
  }

  static List<Arguments> textsThatWouldTakeStackOrMemory() {
    String depth = "lists or maps within each other on more than 20 levels";
    String doubled = IntStream.range(1, 30).mapToObj(i -> "&a" + i + " [*a" + (i - 1) + ", *a" + (i - 1) + "]")
        .collect(Collectors.joining(",", "[&a0 [x], ", "]"));
    return List.of(Arguments.of("[".repeat(5_000), depth), Arguments.of("{a: ".repeat(5_000), depth),
        Arguments.of("- ".repeat(5_000) + "x", depth), Arguments.of("[".repeat(21) + "]".repeat(21), depth),
        Arguments.of(doubled, "repeats a list or map by '*a0'; write it out"),
        Arguments.of("&a [[*a]]", "repeats a list or map by '*a'"),
        Arguments.of("#" + "x".repeat(70_000), "has 70001 characters; give at most 65536"));
  }

  @ParameterizedTest
  @MethodSource("textsThatWouldTakeStackOrMemory")
  void aTextThatWouldTakeTheReconcilersStackOrMemoryIsRefused(String text, String mend) {
    Reading.Refused refused = refused(Annotations.TRIGGERS, text);
    assertEquals(1, refused.problems().size(), refused.message());
    assertTrue(refused.message().contains(mend), refused.message());
  }

  @Test
  void aValueMayBeRepeatedByItsAnchor() {
    assertEquals(2, valid(Map.of(Annotations.TRIGGERS, """
        - {type: external-push, scalerAddress: &there "router:9190"}
        - {type: external-push, scalerAddress: *there}
        """)).triggers().size());
  }

  @Test
  void aNumberThatWouldTakeAllMemoryIsRefused() {
    Reading.Refused refused = refused(Annotations.TRIGGERS,
        "[{type: prometheus, serverAddress: 'http://p', query: up, threshold: '1e999999999'}]");
    assertTrue(refused.message().contains("triggers[0]: threshold has more than 40 digits"), refused.message());
  }

  @Test
  void veryManyProblemsAreAMessageThatTheApiServerTakes() {
    Reading.Refused refused = refused(Annotations.TRIGGERS, "[" + "7,".repeat(30_000) + "7]");
    assertEquals(30_001, refused.problems().size());
    assertTrue(refused.message().length() < 11_000, "of " + refused.message().length());
  }
}

package dev.ebb.knative.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.YamlFiles;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What KEDA asks Prometheus with: one object that names Secrets, and triggers that refer to it. */
class CredentialsTest {
  private static final String FILE = """
      name: ebb
      namespace: ebb
      images: {registry: localhost/ebb, tag: dev}
      models:
        - id: tiny
          source: {claim: models, path: tiny.gguf}
          decode: {resources: {cpu: 500m, memory: 1Gi}, mode: %s}
      store: {arena: {tmpfs: 256Mi}}
      prometheus: {url: "%s"%s}
      """;
  private static final String BEARER = ", auth: {bearer: {secret: login, entry: token}}";
  private static final String BASIC =
      ", auth: {basic: {username: {secret: a, entry: u}, password: {secret: b, entry: p}}}";
  private static final String CA = ", ca: {secret: trust, entry: ca.crt}";

  private static EbbYaml file(String mode, String url, String more) {
    return YamlFiles.parsed(FILE.formatted(mode, url, more));
  }

  private static List<Map<String, Object>> objects(EbbYaml yaml, Kind kind) {
    return Rendering.of(yaml).stream().filter(one -> one.kind() == kind)
        .map(one -> new Yaml().<Map<String, Object>>load(one.text())).toList();
  }

  private static String targets(String more) {
    List<Map<String, Object>> objects =
        objects(file("knative", "https://prometheus:9090", more), Kind.TRIGGER_AUTHENTICATION);
    assertEquals(1, objects.size());
    assertEquals("ebb", ((Map<?, ?>) objects.getFirst().get("metadata")).get("namespace"));
    return objects.getFirst().get("spec").toString();
  }

  @Test
  void everyParameterIsOneEntryOfASecret() {
    assertEquals("{secretTargetRef=[{parameter=bearerToken, name=login, key=token}]}", targets(BEARER));
    assertEquals("{secretTargetRef=[{parameter=username, name=a, key=u}, {parameter=password, name=b, key=p}, "
        + "{parameter=ca, name=trust, key=ca.crt}]}", targets(BASIC + CA));
  }

  @Test
  void annotationsReferToItInPrometheusTriggersAlone() throws Exception {
    EbbYaml yaml = file("knative", "https://prometheus:9090", BEARER + CA);
    JsonNode triggers = new ObjectMapper().readTree(Triggers.annotation(FunctionPart.all(yaml).getFirst()));
    assertEquals(List.of("external-push", "prometheus", "prometheus", "prometheus"),
        triggers.findValuesAsText("type"));
    for (JsonNode trigger : triggers) {
      boolean prometheus = trigger.get("type").asText().equals("prometheus");
      assertEquals(prometheus ? "ebb-prometheus" : "", trigger.path("authentication").asText(""));
      assertEquals(prometheus ? "bearer" : "", trigger.path("authModes").asText(""));
    }
  }

  @Test
  void aScaledObjectRefersToItInPrometheusTriggersAlone() {
    EbbYaml yaml = file("deployment", "https://prometheus:9090", BASIC);
    Map<?, ?> spec = (Map<?, ?>) objects(yaml, Kind.SCALED_OBJECT).getFirst().get("spec");
    List<?> triggers = (List<?>) spec.get("triggers");
    assertEquals(3, triggers.size());
    for (Object one : triggers) {
      Map<?, ?> trigger = (Map<?, ?>) one;
      boolean prometheus = trigger.get("type").equals("prometheus");
      assertEquals(prometheus ? Map.of("name", "ebb-prometheus") : null, trigger.get("authenticationRef"));
      assertEquals(prometheus ? "basic" : null, ((Map<?, ?>) trigger.get("metadata")).get("authModes"));
    }
  }

  @Test
  void withoutThemNothingSpeaksOfThem() {
    for (String mode : List.of("knative", "deployment")) {
      String text = Rendering.stream(Rendering.of(file(mode, "https://prometheus:9090", "")));
      for (String word : List.of("TriggerAuthentication", "authentication", "authModes")) {
        assertFalse(text.contains(word), word);
      }
    }
  }

  @Test
  void clearTextIsWarnedOf() {
    String warning = "warning: prometheus.url is http, so the credentials of prometheus.auth go over the network in"
        + " clear text";
    assertTrue(Rendering.warnings(file("knative", "http://prometheus:9090", BASIC)).contains(warning));
    assertFalse(Rendering.warnings(file("knative", "https://prometheus:9090", BASIC)).contains(warning));
    assertFalse(Rendering.warnings(file("knative", "http://prometheus:9090", "")).contains(warning));
  }
}

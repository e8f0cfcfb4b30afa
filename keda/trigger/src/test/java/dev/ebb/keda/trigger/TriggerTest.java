package dev.ebb.keda.trigger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TriggerTest {
  private static final Names NAMES = new Names("ns", "decode", "decode-00001");
  private static final String PROM = "http://prom:9090";

  @Test
  void pushIsRenderedWithItsMetadataInOrder() {
    Trigger push = new PushTrigger("router.ebb.svc:9190", Map.of("rev", "{revision}", "fn", "{service}@{namespace}"));
    assertEquals("Rendered[type=external-push, name=Optional.empty, metadata={scalerAddress=router.ebb.svc:9190, "
        + "fn=decode@ns, rev=decode-00001}, authentication=Optional.empty]", push.render(NAMES).toString());
  }

  @Test
  void prometheusIsRenderedWithAllItsDefaultsSaid() {
    Trigger trigger = new PrometheusTrigger(PROM, "sum(ebb_demand{rev=\"{revision}\"})", "4");
    assertEquals("Rendered[type=prometheus, name=Optional.empty, metadata={serverAddress=http://prom:9090, "
        + "query=sum(ebb_demand{rev=\"decode-00001\"}), threshold=4, activationThreshold=0, ignoreNullValues=false}, "
        + "authentication=Optional.empty]", trigger.render(NAMES).toString());
  }

  @Test
  void prometheusIsRenderedWithNameAndAuthentication() {
    Trigger trigger = new PrometheusTrigger("https://prom", "up", new BigDecimal("0.50"), new BigDecimal("1.0"), true,
        Optional.of("backup"), Optional.of("prom-auth"), Optional.of("bearer"));
    assertEquals("Rendered[type=prometheus, name=Optional[backup], metadata={serverAddress=https://prom, query=up, "
        + "threshold=0.5, activationThreshold=1, ignoreNullValues=true, authModes=bearer}, "
        + "authentication=Optional[prom-auth]]", trigger.render(NAMES).toString());
  }

  @Test
  void numbersOfOneValueMakeOneTrigger() {
    assertEquals(new PrometheusTrigger(PROM, "up", "4"), new PrometheusTrigger(PROM, "up", "4.00"));
    assertEquals("100", new PrometheusTrigger(PROM, "up", "1e2").render(NAMES).metadata().get("threshold"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"router", "router:", ":9190", "router:0", "router:65536", "http://router:9190", "a b:1", ""})
  void pushRefusesWhatIsNotHostAndPort(String address) {
    Exception refused = assertThrows(IllegalArgumentException.class, () -> new PushTrigger(address, Map.of()));
    assertTrue(refused.getMessage().contains("scalerAddress '" + address + "'"), refused.getMessage());
  }

  @Test
  void pushTakesAVariableInItsAddress() {
    Trigger push = new PushTrigger("{service}-scaler.{namespace}:1", Map.of());
    assertEquals("decode-scaler.ns:1", push.render(NAMES).metadata().get("scalerAddress"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"prom:9090", "ftp://prom", "", "http://", "http://pro m"})
  void prometheusRefusesWhatIsNotAnUrl(String address) {
    refused("serverAddress '" + address + "'", () -> new PrometheusTrigger(address, "up", "1"));
  }

  @Test
  void prometheusRefusesWhatCannotScale() {
    refused("query is empty", () -> new PrometheusTrigger(PROM, " ", "1"));
    refused("threshold 0", () -> new PrometheusTrigger(PROM, "up", "0.00"));
    refused("threshold -1", () -> new PrometheusTrigger(PROM, "up", "-1"));
    refused("did you mean {revision}", () -> new PrometheusTrigger(PROM, "up{r=\"{revison}\"}", "1"));
    refused("activationThreshold -1", () -> new PrometheusTrigger(PROM, "up", BigDecimal.ONE, new BigDecimal(-1),
        false, Optional.empty(), Optional.empty(), Optional.empty()));
    refused("authModes needs authentication", () -> new PrometheusTrigger(PROM, "up", BigDecimal.ONE, BigDecimal.ZERO,
        false, Optional.empty(), Optional.empty(), Optional.of("bearer")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "1e-999999999", "-1e999999999", "1e41", "1.5e-40"})
  void aNumberThatWouldTakeAllMemoryWhenWrittenOutIsRefused(String number) {
    refused("threshold has more than 40 digits", () -> new PrometheusTrigger(PROM, "up", number));
    refused("activationThreshold has more than 40 digits", () -> new PrometheusTrigger(PROM, "up", BigDecimal.ONE,
        new BigDecimal(number), false, Optional.empty(), Optional.empty(), Optional.empty()));
    assertEquals("10000000000", new PrometheusTrigger(PROM, "up", "1e10").render(NAMES).metadata().get("threshold"));
  }

  private static PrometheusTrigger authenticated(String authentication, String modes) {
    return new PrometheusTrigger(PROM, "up", BigDecimal.ONE, BigDecimal.ZERO, false, Optional.empty(),
        Optional.of(authentication), Optional.of(modes));
  }

  @Test
  void prometheusRefusesCredentialsThatKedaWouldNotGive() {
    refused("'baisc', which KEDA does not use for Prometheus; did you mean basic?", () -> authenticated("a", "baisc"));
    refused("has 'apiKey', which KEDA does not use", () -> authenticated("a", "tls,apiKey"));
    refused("has ''", () -> authenticated("a", ""));
    refused("basic and bearer, which exclude each other", () -> authenticated("a", "basic, bearer"));
    refused("authentication 'My_login' is no name of an object", () -> authenticated("My_login", "basic"));
    assertEquals("tls, basic", authenticated("my.login", "tls, basic").render(NAMES).metadata().get("authModes"));
  }

  @Test
  void aVariableWithoutAValueIsRefusedWhenRendered() {
    Trigger trigger = new PrometheusTrigger(PROM, "up{s=\"{service}\"}", "1");
    refused("{service} has no value", () -> trigger.render(new Names("ns", "", "rev")));
  }

  @Test
  void selectorsAndRepetitionsAreNotVariables() {
    assertEquals("a{b=~\"x{2}\"} {}", NAMES.fill("a{b=~\"x{2}\"} {}"));
  }

  @Test
  void theActivatorsSeriesNameTheRevision() {
    for (ActivatorSeries series : ActivatorSeries.values()) {
      String query = new PrometheusTrigger(PROM, series.query(), "4").render(NAMES).metadata().get("query");
      assertTrue(query.contains("=\"ns\"") && query.contains("=\"decode-00001\""), query);
    }
  }

  @Test
  void theVariableOfTheActivatorIsTheQueryOfItsSeries() {
    Trigger trigger = new PrometheusTrigger(PROM, Names.ACTIVATOR, "4");
    Names known = new Names("ns", "decode", "decode-00001", ActivatorSeries.QUEUED);
    assertEquals("sum(kn_revision_request_queued{k8s_namespace_name=\"ns\",kn_revision_name=\"decode-00001\"})",
        trigger.render(known).metadata().get("query"));
    String either = trigger.render(NAMES).metadata().get("query");
    assertTrue(either.matches("sum\\(activator_request_concurrency\\{.*}\\) or sum\\(kn_revision.*}\\)"), either);
  }

  private static void refused(String part, org.junit.jupiter.api.function.Executable made) {
    String message = assertThrows(IllegalArgumentException.class, made).getMessage();
    assertTrue(message.contains(part), message);
  }
}

package dev.ebb.keda.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
  private static Options of(Map<String, String> environment, String... arguments) {
    return Options.of(arguments, environment);
  }

  @Test
  void nothingNeedBeSaid() {
    Options options = of(Map.of());
    assertEquals("", options.namespace());
    assertEquals("knative-serving", options.servingNamespace());
    assertEquals("default", options.leaseNamespace());
    assertEquals("keda-ebb-dev", options.leaseName());
    assertTrue(options.identity().startsWith("ebb-keda-"));
    assertTrue(options.renewDeadline().compareTo(options.leaseDuration()) < 0);
  }

  @Test
  void flagsGoBeforeTheEnvironmentAndThatBeforeThePod() {
    Map<String, String> environment = Map.of("EBB_KEDA_LEASE_NAMESPACE", "env", "EBB_KEDA_WORKERS", "3",
        "POD_NAMESPACE", "pod", "POD_NAME", "pod-1");
    Options options = of(environment, "--workers=4", "--namespace=ns", "--health-port=0", "--lease-name=l");
    assertEquals(4, options.workers());
    assertEquals("ns", options.namespace());
    assertEquals("env", options.leaseNamespace());
    assertEquals("pod-1", options.identity());
    assertEquals(0, options.healthPort());
    assertEquals("l", options.leaseName());
    assertEquals("pod", of(Map.of("POD_NAMESPACE", "pod")).leaseNamespace());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--namspace=x | did you mean --namespace?",
      "--namespace | is not --name=value",
      "namespace=x | is not --name=value",
      "--namespace=Ab | --namespace 'Ab' is not a name",
      "--workers=0 | --workers '0' is not a number from 1 to 64",
      "--workers=two | --workers 'two' is not a number",
      "--health-port=65536 | from 0 to 65535"})
  void aFlagThatCannotStandIsNamed(String argument, String part) {
    String message = assertThrows(IllegalArgumentException.class, () -> of(Map.of(), argument)).getMessage();
    assertTrue(message.contains(part), message);
  }
}

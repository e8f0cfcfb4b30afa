package dev.ebb.knative.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.YamlFiles;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Of Secrets the names of entries are read, one Secret at a time, and nothing that is in them goes further. */
class SecretReadingTest {
  private static final String SECRETS = "/api/v1/namespaces/llm/secrets/";
  private static final String VALUE = "c2VjcmV0";

  private final EbbYaml yaml = YamlFiles.full();
  private final ApiServer server = new ApiServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private static String secret(String name, String... entries) {
    return "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"" + name + "\"},\"data\":{"
        + List.of(entries).stream().map(entry -> "\"" + entry + "\":\"" + VALUE + "\"").collect(Collectors.joining(","))
        + "}}";
  }

  private List<String> findings(Map<String, Optional<Set<String>>> secrets) {
    ClusterFacts facts = new ClusterFacts("v1", Set.of(), Map.of(), Map.of(), List.of(), List.of(), Map.of(),
        Optional.empty(), secrets,
        Map.of(), Optional.empty(), "", List.of(), Set.of(), Set.of(), new Scrape.NotAsked());
    return new SecretChecks(facts, yaml).all().stream().map(Finding::toString).toList();
  }

  @Test
  void thoseOfTheFileAreReadByNameAndTheirValuesDropped() {
    server.answers.put(SECRETS + "prometheus-login", secret("prometheus-login", "username"));
    server.answers.put(SECRETS + "hub", secret("hub", "token"));
    server.answers.put(SECRETS + "tenant-red", secret("tenant-red"));
    server.forbids(SECRETS + "prometheus-ca", "secrets is forbidden: User cannot get resource secrets");
    Map<String, Optional<Set<String>>> secrets = new FactsReader(server.api(), "serving", "keda").secrets(yaml);
    assertEquals(Map.of("prometheus-login", Optional.of(Set.of("username")), "hub", Optional.of(Set.of("token")),
        "tenant-red", Optional.of(Set.of()), "prometheus-ca", Optional.empty()), secrets);
    assertEquals(Set.of("hub", "prometheus-ca", "prometheus-login", "registry-login", "tenant-blue", "tenant-red"),
        SecretChecks.named(yaml));
    assertEquals(SecretChecks.named(yaml).stream().map(name -> "GET " + SECRETS + name).toList(), server.calls);
    String told = String.join("\n", findings(secrets));
    for (String words : List.of("prometheus-login has no entry password", "tenant-red      has no entry key",
        "tenant-blue     there is no such Secret", "you may not get prometheus-ca (ca.crt)", "registry-login")) {
      assertTrue(told.replaceAll(" +", " ").contains(words.replaceAll(" +", " ")), words + " is not in\n" + told);
    }
    assertFalse(told.contains(VALUE) || told.contains("hub"), told);
  }
}

package dev.ebb.knative.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.knative.config.YamlFiles;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Accounts, policies and roles have the same names everywhere, so two installations in one namespace would share. */
class NeighboursThereTest {
  private static final String ACCOUNTS = "/api/v1/namespaces/llm/serviceaccounts";

  private static String account(String installation) {
    return "{\"metadata\":{\"name\":\"ebb-router\",\"labels\":{\"app.kubernetes.io/instance\":\"" + installation
        + "\"}}}";
  }

  private static Set<String> neighbours(String... accounts) {
    try (ApiServer server = new ApiServer()) {
      server.answers.put(ACCOUNTS, "{\"kind\":\"ServiceAccountList\",\"apiVersion\":\"v1\",\"items\":["
          + String.join(",", accounts) + "]}");
      Set<String> found = new FactsReader(server.api(), "serving", "keda").neighbours(YamlFiles.full());
      assertEquals(List.of("GET " + ACCOUNTS), server.calls);
      return found;
    }
  }

  @Test
  void onlyInstallationsOfOtherNamesAreFound() {
    assertEquals(Set.of(), neighbours());
    assertEquals(Set.of(), neighbours(account("lab")), "the installation itself");
    assertEquals(Set.of("other"), neighbours(account("lab"), account("other")));
  }
}

package dev.ebb.runtime.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.runtime.testing.PrometheusText.Family;
import dev.ebb.runtime.testing.PrometheusText.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A family as a live {@code vllm serve} 0.32 gave it; see vllm-0.32-families.tsv. */
public record VllmFamily(
    String name, String type, Set<String> labels, Map<String, Set<String>> values, List<String> bounds, String help) {

  /** All of them. */
  public static List<VllmFamily> all() {
    try (InputStream in = VllmFamily.class.getResourceAsStream("/vllm-0.32-families.tsv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
          .filter(line -> !line.startsWith("#"))
          .map(VllmFamily::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static VllmFamily parse(String line) {
    String[] fields = line.split("\t", -1);
    Map<String, Set<String>> values = new HashMap<>();
    if (!fields[3].equals("-")) {
      for (String entry : fields[3].split(";")) {
        String[] parts = entry.split("=");
        values.put(parts[0], Set.of(parts[1].split(",")));
      }
    }
    List<String> bounds = fields[4].equals("-") ? List.of() : Arrays.asList(fields[4].split(","));
    return new VllmFamily(fields[0], fields[1], Set.of(fields[2].split(",")), values, bounds, fields[5]);
  }

  /**
   * Fails unless {@code text} has this family with the same type, help, labels, values and bounds; beyond vLLM's last
   * bound, which is its model's, there may be more.
   */
  public void assertIn(PrometheusText text) {
    Family family = text.families().get(name);
    assertNotNull(family, () -> "no family " + name);
    assertEquals(type, family.type(), () -> "type of " + name);
    assertEquals(help.strip(), family.help().strip(), () -> "help of " + name);
    assertTrue(!family.samples().isEmpty(), () -> name + " has no series");
    for (Sample sample : family.samples()) {
      Set<String> names = new HashSet<>(sample.labels().keySet());
      names.remove("le");
      assertEquals(labels, names, () -> "labels of " + sample.name());
    }
    values.forEach((label, wanted) -> assertEquals(wanted,
        family.samples().stream().map(s -> s.labels().get(label)).collect(Collectors.toSet()),
        () -> "values of " + label + " of " + name));
    if (type.equals("histogram")) {
      double last = bounds.stream().filter(bound -> !bound.equals("+Inf")).mapToDouble(Double::parseDouble).max()
          .orElseThrow();
      assertEquals(bounds,
          family.samples().stream().filter(s -> s.name().equals(name + "_bucket")).map(s -> s.labels().get("le"))
              .filter(bound -> bound.equals("+Inf") || Double.parseDouble(bound) <= last).toList(),
          () -> "bounds of " + name);
    }
  }
}

package dev.ebb.runtime.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads Prometheus text format 0.0.4, as strictly as a scraper does. */
public record PrometheusText(Map<String, Family> families) {
  private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

  /** One family with its samples. */
  public record Family(String type, String help, List<Sample> samples) {}

  /** One line. */
  public record Sample(String name, Map<String, String> labels, double value) {}

  /** Parses; every sample must follow its own family's head. */
  public static PrometheusText parse(String text) {
    Map<String, Family> families = new LinkedHashMap<>();
    String help = null;
    Family family = null;
    String name = null;
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("# HELP ")) {
        name = words[2];
        help = words.length > 3 ? words[3].replace("\\n", "\n").replace("\\\\", "\\") : "";
      } else if (line.startsWith("# TYPE ")) {
        require(words[2].equals(name), "TYPE after another family's HELP", line);
        family = new Family(words[3], help, new ArrayList<>());
        require(families.put(name, family) == null, "a family twice", line);
      } else if (!line.isBlank()) {
        Sample sample = sample(line);
        require(family != null && sample.name().startsWith(name), "a sample outside its family", line);
        family.samples().add(sample);
      }
    }
    return new PrometheusText(families);
  }

  private static Sample sample(String line) {
    Matcher m = SAMPLE.matcher(line);
    require(m.matches(), "no sample", line);
    Map<String, String> labels = new LinkedHashMap<>();
    if (m.group(2) != null) {
      Matcher label = LABEL.matcher(m.group(2));
      int end = 0;
      while (label.find() && label.start() == end) {
        labels.put(label.group(1), label.group(2));
        end = label.end();
      }
      require(end == m.group(2).length(), "labels that cannot be read", line);
    }
    String value = m.group(3);
    return new Sample(m.group(1), labels, value.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(value));
  }

  private static void require(boolean holds, String complaint, String line) {
    if (!holds) {
      throw new AssertionError(complaint + ": " + line);
    }
  }

  /** The sum of all samples of a name; fails when there is none. */
  public double value(String name) {
    List<Sample> found = samples(name);
    if (found.isEmpty()) {
      throw new AssertionError("no series " + name);
    }
    return found.stream().mapToDouble(Sample::value).sum();
  }

  /** All samples of a name. */
  public List<Sample> samples(String name) {
    return families.values().stream()
        .flatMap(family -> family.samples().stream())
        .filter(sample -> sample.name().equals(name))
        .toList();
  }
}

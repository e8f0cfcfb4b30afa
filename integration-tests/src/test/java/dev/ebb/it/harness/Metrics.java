package dev.ebb.it.harness;

import java.util.List;

/**
 * A scrape of a Prometheus text page.
 *
 * @param lines sample lines, comments left out
 */
public record Metrics(List<String> lines) {

  /** Scrapes {@code /metrics} of a server. */
  public static Metrics of(Api api) {
    Api.Reply reply = api.get("/metrics");
    if (reply.status() != 200) {
      throw new AssertionError("metrics: status " + reply.status());
    }
    return new Metrics(reply.text().lines().filter(line -> !line.startsWith("#") && !line.isBlank()).toList());
  }

  /** Scrapes a function's own page. */
  public static Metrics of(EbbProcess function) {
    return of(new Api("http://127.0.0.1:" + function.port()));
  }

  /** Sum over all label sets of a series; fails when there is none. */
  public double sum(String series) {
    return sum(series, "");
  }

  /** Sum over the samples of a series that have a label, {@code name="value"}; fails when there is none. */
  public double sum(String series, String label) {
    List<String> samples =
        lines.stream().filter(line -> line.startsWith(series + "{") || line.startsWith(series + " "))
            .filter(line -> line.contains(label)).toList();
    if (samples.isEmpty()) {
      throw new AssertionError("no series " + series + " " + label);
    }
    return samples.stream().mapToDouble(Metrics::value).sum();
  }

  private static double value(String sample) {
    String[] words = sample.substring(sample.lastIndexOf('}') + 1).trim().split(" ");
    return Double.parseDouble(words[sample.indexOf('{') < 0 ? 1 : 0]);
  }
}

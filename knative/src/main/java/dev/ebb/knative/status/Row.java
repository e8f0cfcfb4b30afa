package dev.ebb.knative.status;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One revision of a function, or a function without revisions.
 *
 * @param revision empty in the mode without Knative
 * @param traffic percent of what is sent to the function's URL; -1 without Knative
 * @param quota what Kueue says of its pods; empty without a queue
 * @param usage used and nominal of its queue by resource, as {@code 1/2}; empty without a queue
 * @param demand requests that the model's router holds or runs for the phase; NaN where that is not known
 * @param demandUnknown why it is not; empty where it is
 * @param decision the last one about its replicas, and why; empty where no event is left of it
 */
public record Row(String namespace, String function, String revision, int traffic, int ready, int desired,
    String quota, Map<String, String> usage, double demand, String demandUnknown, String decision) {
  private static final List<String> HEAD = List.of("NAMESPACE", "FUNCTION", "REVISION", "TRAFFIC", "READY", "QUOTA",
      "DEMAND", "LAST DECISION");
  /** Of a message in the table; JSON has it whole. */
  private static final int CHARS_MAX = 120;

  /** Rows as a table with a head, columns as wide as they must be. */
  public static List<String> table(List<Row> rows) {
    List<List<String>> lines = new ArrayList<>(List.of(HEAD));
    rows.forEach(row -> lines.add(row.cells()));
    int[] widths = new int[HEAD.size()];
    lines.forEach(line -> {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    });
    return lines.stream().map(line -> line(line, widths)).toList();
  }

  /** The row for JSON; what is not known is null. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("namespace", namespace);
    fields.put("function", function);
    fields.put("revision", revision.isEmpty() ? null : revision);
    fields.put("trafficPercent", traffic < 0 ? null : traffic);
    fields.put("readyReplicas", ready);
    fields.put("desiredReplicas", desired);
    fields.put("quota", quota.isEmpty() ? null : quota);
    fields.put("quotaUsedOfNominal", usage.isEmpty() ? null : usage);
    fields.put("demand", Double.isNaN(demand) ? null : demand);
    fields.put("demandUnknown", demandUnknown.isEmpty() ? null : demandUnknown);
    fields.put("lastDecision", decision.isEmpty() ? null : decision);
    return fields;
  }

  private List<String> cells() {
    return List.of(namespace, function, shown(revision), traffic < 0 ? "-" : traffic + "%", ready + "/" + desired,
        shown(quota), Double.isNaN(demand) ? "-" : String.format("%.0f", demand), shown(decision));
  }

  private static String shown(String text) {
    String cut = text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX) + "...";
    return cut.isEmpty() ? "-" : cut;
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(cells.get(i)).repeat(" ", widths[i] - cells.get(i).length() + 2);
    }
    return line.toString().stripTrailing();
  }
}

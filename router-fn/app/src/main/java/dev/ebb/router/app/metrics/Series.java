package dev.ebb.router.app.metrics;

/** One metric name with all its label values, written in the Prometheus text format. */
interface Series {
  void write(StringBuilder out);

  /** The two comment lines that go before a metric. */
  static void head(StringBuilder out, String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /** {@code {name="value",...}}, or nothing without labels. */
  static String labels(String[] names, Object[] values) {
    if (names.length != values.length) {
      throw new IllegalArgumentException(names.length + " label names, but " + values.length + " values");
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      String value = values[i].toString().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
      out.append(i == 0 ? "" : ",").append(names[i]).append("=\"").append(value).append('"');
    }
    return out.toString();
  }

  /** A number as Prometheus writes it: whole numbers with one decimal. */
  static String number(double value) {
    return Double.toString(value);
  }
}

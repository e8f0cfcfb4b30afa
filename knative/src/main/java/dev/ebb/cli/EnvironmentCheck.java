package dev.ebb.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Looks over the {@code EBB_*} variables before anything is started with them. */
final class EnvironmentCheck {
  private static final String PREFIX = "EBB_";
  private static final List<String> KNOWN = List.of("""
      HOME PORT HOST IDLE_SECONDS THREADS BACKEND KV_TOKENS PREFILL_THRESHOLD_TOKENS MAX_SEQUENCES TOKEN_BUDGET
      CHUNK_TOKENS REQUEST_TIMEOUT_SECONDS START_TIMEOUT_SECONDS DRAIN_SECONDS MAX_BODY_BYTES MAX_PARKED ARENA_DIR
      FUNCTION_JAVA_OPTS JAVA_OPTS JAVA_HOME LOG_LEVEL STREAM_EVENTS_MAX DEBUG DIST MODEL MODEL_ID MODEL_PATH RUN_DIR
      PLATFORM PREFILL_URL DECODE_URL NODE NATIVE_LIBRARY CPU_ISA LLAMA_BIN PARENT_PID PYTHON BUILD_JOBS
      """.strip().split("\\s+"));

  private EnvironmentCheck() {}

  /** A line for each variable that looks like a setting and is none. */
  static List<String> warnings(Map<String, String> env) {
    return new TreeSet<>(env.keySet()).stream()
        .filter(name -> name.startsWith(PREFIX) && !KNOWN.contains(name.substring(PREFIX.length())))
        .map(name -> "warning: " + name + " is no setting of Ebb; did you mean " + nearest(name) + "?")
        .toList();
  }

  /**
   * A whole number of the environment.
   *
   * @throws CliException when it is set and is none, or less than {@code least}
   */
  static void atLeast(Map<String, String> env, String name, int least) {
    String text = env.getOrDefault(name, "").strip();
    if (text.isEmpty()) {
      return;
    }
    try {
      if (Integer.parseInt(text) >= least) {
        return;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message for every wrong number.
    }
    throw new CliException(name + "=" + text + " makes no sense; give a whole number of " + least + " or more");
  }

  private static String nearest(String name) {
    String wanted = name.substring(PREFIX.length());
    return PREFIX + KNOWN.stream().min(Comparator.comparingInt(known -> distance(wanted, known))).orElseThrow();
  }

  /** Insertions, deletions and replacements that make one word of the other (Levenshtein). */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    Arrays.setAll(row, column -> column);
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}

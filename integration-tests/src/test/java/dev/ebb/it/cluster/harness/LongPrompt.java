package dev.ebb.it.cluster.harness;

import java.util.UUID;

/** Prompts of almost a thousand tokens, which is prefill's work. */
public final class LongPrompt {
  private static final int LINES = 40;

  private LongPrompt() {}

  /** One of which no arena holds a block: these outlive pods. */
  public static String unique() {
    StringBuilder text = new StringBuilder("Ship's log ").append(UUID.randomUUID()).append(":\n");
    for (int day = 1; day <= LINES; day++) {
      text.append("Day ").append(day).append(": the wind turned north and the crew mended sail number ")
          .append(day * 7 % 31).append(".\n");
    }
    return text.append("Day ").append(LINES + 1).append(':').toString();
  }
}

package dev.ebb.router.app.reply;

import dev.ebb.events.Usage;

/** Sums of token counts. */
public final class Usages {
  private Usages() {}

  public static final Usage NONE = new Usage(0, 0, 0);

  public static Usage plus(Usage a, Usage b) {
    return new Usage(a.promptTokens() + b.promptTokens(), a.completionTokens() + b.completionTokens(),
        a.cachedTokens() + b.cachedTokens());
  }
}

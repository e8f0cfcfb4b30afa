package dev.ebb.runtime.work;

import dev.ebb.engine.request.GenerationListener.Completion;
import dev.ebb.events.Usage;

/** Token counts of the engine as token counts on the wire. */
public final class Usages {
  private Usages() {}

  /** The usage object of a completed request. */
  public static Usage of(Completion completion) {
    return new Usage(completion.promptTokens(), completion.generatedTokens(), completion.cachedTokens());
  }
}

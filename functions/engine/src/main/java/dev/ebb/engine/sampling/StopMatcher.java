package dev.ebb.engine.sampling;

import java.util.List;
import java.util.Optional;

/**
 * Looks for stop texts in a stream of text pieces. Text is held back as long as it may be the start
 * of a stop text; so none of a stop text is ever shown before it is known whether it is one.
 */
public final class StopMatcher {
  private final List<String> stops;
  private final boolean includeStop;
  private final StringBuilder held = new StringBuilder();

  /**
   * @param text what may be shown now
   * @param stop the stop text that ended the stream; nothing may follow it
   */
  public record Result(String text, Optional<String> stop) {}

  public StopMatcher(List<String> stops, boolean includeStop) {
    this.stops = stops;
    this.includeStop = includeStop;
  }

  /** Takes the next piece. */
  public Result add(String piece) {
    if (stops.isEmpty()) {
      return new Result(piece, Optional.empty());
    }
    held.append(piece);
    Optional<String> first = firstComplete();
    if (first.isPresent()) {
      int at = held.indexOf(first.get());
      String text = held.substring(0, includeStop ? at + first.get().length() : at);
      held.setLength(0);
      return new Result(text, first);
    }
    return new Result(take(held.length() - undecided()), Optional.empty());
  }

  /** The stop text that ends first, the longer of two that end together; so the pieces' borders do not matter. */
  private Optional<String> firstComplete() {
    String first = null;
    int firstEnd = Integer.MAX_VALUE;
    for (String stop : stops) {
      int at = held.indexOf(stop);
      int end = at + stop.length();
      if (at >= 0 && (end < firstEnd || end == firstEnd && stop.length() > first.length())) {
        first = stop;
        firstEnd = end;
      }
    }
    return Optional.ofNullable(first);
  }

  /** The text that was held back, once nothing can follow. */
  public String finish() {
    return take(held.length());
  }

  private String take(int length) {
    String text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }

  /** Length of the longest end of the held text with which a stop text begins. */
  private int undecided() {
    int longest = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
        if (stop.startsWith(held.substring(held.length() - length))) {
          longest = length;
        }
      }
    }
    return longest;
  }
}

package dev.ebb.router.template;

import java.util.List;

/** The variable {@code loop}. */
final class LoopState {
  private final List<Object> items;
  private int index;
  private Object lastChecked = new Undefined("nothing was checked yet");

  LoopState(List<Object> items) {
    this.items = items;
  }

  void index(int passed) {
    index = passed;
  }

  /** An attribute's value, or null where there is none. */
  Object attribute(String name) {
    int size = items.size();
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) size - index;
      case "revindex0" -> size - index - 1L;
      case "first" -> index == 0;
      case "last" -> index == size - 1;
      case "length" -> (long) size;
      case "depth" -> 1L; // it counts recursive loops only
      case "depth0" -> 0L;
      case "previtem" -> index == 0 ? new Undefined("there is no previous item") : items.get(index - 1);
      case "nextitem" -> index == size - 1 ? new Undefined("there is no next item") : items.get(index + 1);
      case "cycle" -> (Callable) (state, arguments, named) -> cycle(arguments);
      case "changed" -> (Callable) (state, arguments, named) -> changed(state, arguments);
      default -> null;
    };
  }

  private Object cycle(List<Object> arguments) {
    if (arguments.isEmpty()) {
      throw new TemplateException("no items for cycling given");
    }
    return arguments.get(index % arguments.size());
  }

  private boolean changed(RenderState state, List<Object> arguments) {
    boolean changed = !Operators.equal(state, lastChecked, arguments);
    lastChecked = arguments;
    return changed;
  }
}

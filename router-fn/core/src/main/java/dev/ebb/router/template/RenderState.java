package dev.ebb.router.template;

import java.time.Clock;
import java.time.Duration;

/** One render: where variables are, what a loop was told, and what is left of the limits. */
final class RenderState {
  private static final int DEPTH_MAX = 64;
  private static final int VALUE_DEPTH_MAX = 500;
  private static final int WORK_PER_TICK = 64;
  private static final int WORK_PER_LOOK = 64 * WORK_PER_TICK;

  /** What lists and dicts count as, in characters: about their memory. */
  private static final int CHARACTERS_PER_ITEM = 16;
  private static final int CHARACTERS_PER_LIST = 32;

  /** How much all values of a render may be together, as a multiple of its longest text. */
  private static final int MADE_FACTOR = 16;

  /** How the pass of a loop goes on. */
  enum Signal {
    NONE,
    CONTINUE,
    BREAK
  }

  private final Clock clock;
  private final Duration timeMax;
  private final int charactersMax;
  private final long deadlineNanos;
  private Scope scope;
  private Signal signal = Signal.NONE;
  private long workSinceLook;
  private long made;
  private int depth;
  private int valueDepth;

  RenderState(Scope scope, Duration timeMax, int charactersMax, Clock clock) {
    this.scope = scope;
    this.timeMax = timeMax;
    this.charactersMax = charactersMax;
    this.clock = clock;
    this.deadlineNanos = System.nanoTime() + timeMax.toNanos();
  }

  Clock clock() {
    return clock;
  }

  Scope scope() {
    return scope;
  }

  /** Makes a scope current and returns the one before. */
  Scope enter(Scope inner) {
    Scope before = scope;
    scope = inner;
    return before;
  }

  Signal signal() {
    return signal;
  }

  void signal(Signal next) {
    signal = next;
  }

  /** One step of work; called from everything that a template can repeat. */
  void tick() {
    work(WORK_PER_TICK);
  }

  /** Work on that many characters, or as much; so a step on long values counts as more than one. */
  void work(long characters) {
    workSinceLook += characters;
    if (workSinceLook >= WORK_PER_LOOK) {
      workSinceLook = 0;
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new TemplateException("rendering took longer than " + timeMax.toMillis() + " ms");
      }
    }
  }

  /** Checks the length of a text that the template is about to make. */
  void checkLength(long length) {
    if (length > charactersMax) {
      throw new TemplateException("the result is larger than " + charactersMax + " characters");
    }
  }

  /** Checks the length of a list or dict that the template is about to make. */
  void checkItems(long count) {
    if (count > charactersMax / CHARACTERS_PER_ITEM) {
      throw new TemplateException("a list is larger than " + charactersMax / CHARACTERS_PER_ITEM + " items");
    }
  }

  /** Counts a text that the template has made. */
  String made(String text) {
    checkLength(text.length());
    count(text.length());
    return text;
  }

  /** Counts a list or dict that the template is about to make. */
  void makeItems(long count) {
    checkItems(count);
    count(CHARACTERS_PER_LIST + count * CHARACTERS_PER_ITEM);
  }

  /** All that is made counts, since any of it may be kept in a variable while the next is made. */
  private void count(long characters) {
    work(characters);
    made += characters;
    if (made > (long) MADE_FACTOR * charactersMax) {
      throw new TemplateException(
          "its values are together larger than " + (long) MADE_FACTOR * charactersMax + " characters");
    }
  }

  /** Goes into an item of a value that is walked through, which may be nested without end. */
  void enterValue() {
    if (++valueDepth > VALUE_DEPTH_MAX) {
      throw new TemplateException("values are nested more than " + VALUE_DEPTH_MAX + " deep");
    }
    tick();
  }

  void leaveValue() {
    valueDepth--;
  }

  /** Counts nested macro calls. */
  void descend() {
    if (++depth > DEPTH_MAX) {
      throw new TemplateException("macros call one another more than " + DEPTH_MAX + " deep");
    }
  }

  void ascend() {
    depth--;
  }
}

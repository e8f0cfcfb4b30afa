package dev.ebb.router.template;

/** A text that is being made; it stops to grow, and the clock is looked at, before it gets too long. */
final class LimitedText {
  private final RenderState state;
  private final StringBuilder out = new StringBuilder();

  LimitedText(RenderState state) {
    this.state = state;
  }

  LimitedText append(char c) {
    grow(1);
    out.append(c);
    return this;
  }

  LimitedText append(String text) {
    grow(text.length());
    out.append(text);
    return this;
  }

  LimitedText append(String text, int from, int to) {
    grow(to - from);
    out.append(text, from, to);
    return this;
  }

  LimitedText appendCodePoint(int c) {
    grow(Character.charCount(c));
    out.appendCodePoint(c);
    return this;
  }

  private void grow(int by) {
    state.checkLength((long) out.length() + by);
    state.work(by);
  }

  @Override
  public String toString() {
    return out.toString();
  }
}

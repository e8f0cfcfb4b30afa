package dev.ebb.router.template;

/** Searches that look at the clock: in repetitive texts the time of Java's grows with the product of the lengths. */
final class TextSearch {
  private static final int COMPARED_PER_LOOK = 1 << 16;

  private TextSearch() {}

  /** As {@link String#indexOf(String, int)}. */
  static int indexOf(RenderState state, String text, String part, int from) {
    int places = Math.max(1, COMPARED_PER_LOOK / Math.max(1, part.length()));
    int last = text.length() - part.length();
    for (long at = from; at <= last; at += places) {
      int end = (int) Math.min(last, at + places - 1);
      int found = text.indexOf(part, (int) at, end + part.length());
      state.work((found < 0 ? end - at + 1 : found - at + 1) * Math.max(1, part.length()));
      if (found >= 0) {
        return found;
      }
    }
    return -1;
  }

  /** As {@link String#lastIndexOf(String)}. */
  static int lastIndexOf(RenderState state, String text, String part) {
    for (int at = text.length() - part.length(); at >= 0; at--) {
      state.work(1L + part.length());
      if (text.startsWith(part, at)) {
        return at;
      }
    }
    return -1;
  }
}

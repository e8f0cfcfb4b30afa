package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.List;

/** Python's slices, {@code value[start:stop:step]}, of lists and strings. */
final class Slices {
  private Slices() {}

  /** A slice; bounds that are null or beyond the ends are as in Python. */
  static Object slice(RenderState state, Object value, Object start, Object stop, Object step) {
    Operators.requireDefined(value);
    if (value instanceof String text) {
      state.work(text.length());
      int[] points = text.codePoints().toArray();
      StringBuilder out = new StringBuilder();
      for (int i : indices(points.length, start, stop, step)) {
        out.appendCodePoint(points[i]);
      }
      return state.made(out.toString());
    }
    if (!(value instanceof List<?> list)) {
      throw new TemplateException("'" + Operators.typeName(value) + "' object has no slices");
    }
    int[] indices = indices(list.size(), start, stop, step);
    state.makeItems(indices.length);
    List<Object> out = new ArrayList<>(indices.length);
    for (int i : indices) {
      out.add(list.get(i));
    }
    return value instanceof PyTuple ? new PyTuple(out) : out;
  }

  private static int[] indices(int length, Object startValue, Object stopValue, Object stepValue) {
    long step = stepValue == null ? 1 : Operators.integer(stepValue);
    if (step == 0) {
      throw new TemplateException("slice step cannot be zero");
    }
    long least = step > 0 ? 0 : -1;
    long most = step > 0 ? length : length - 1L;
    long start = bound(startValue, length, least, most, step > 0 ? least : most);
    long stop = bound(stopValue, length, least, most, step > 0 ? most : least);
    long count = step > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step;
    int[] out = new int[(int) Math.max(0, count)];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) (start + i * step);
    }
    return out;
  }

  private static long bound(Object value, int length, long least, long most, long absent) {
    if (value == null) {
      return absent;
    }
    long index = Operators.integer(value);
    return Math.clamp(index < 0 ? index + length : index, least, most);
  }
}

package dev.ebb.router.template;

import java.util.AbstractList;
import java.util.List;

/** A tuple: a list but for how it prints, and that no list is equal to it. */
final class PyTuple extends AbstractList<Object> {
  private final List<Object> items;

  PyTuple(List<Object> items) {
    this.items = items;
  }

  @Override
  public Object get(int index) {
    return items.get(index);
  }

  @Override
  public int size() {
    return items.size();
  }
}

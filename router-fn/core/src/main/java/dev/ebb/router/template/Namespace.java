package dev.ebb.router.template;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Jinja's {@code namespace()}: the one object whose attributes a template can set, so that a loop
 * can leave something behind.
 */
record Namespace(Map<String, Object> attributes) {

  Namespace() {
    this(new LinkedHashMap<>());
  }

  /** As in Python, and since attributes may lead back to the namespace itself. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}

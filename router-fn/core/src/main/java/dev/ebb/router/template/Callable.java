package dev.ebb.router.template;

import java.util.List;
import java.util.Map;

/** A function, method or macro of a template. */
@FunctionalInterface
interface Callable {
  /** Calls with positional and named arguments. */
  Object call(RenderState state, List<Object> arguments, Map<String, Object> named);
}

package dev.ebb.router.template;

/** A parsed expression. */
@FunctionalInterface
interface Expression {
  /** Its value: String, Long, Double, Boolean, null, List, Map, or one of this package's types. */
  Object eval(RenderState state);
}

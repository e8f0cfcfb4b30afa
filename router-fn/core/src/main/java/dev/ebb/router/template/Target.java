package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.List;

/** What a value is assigned to: a name, an attribute of a namespace, or a list of targets. */
sealed interface Target {

  /** Assigns. */
  void assign(RenderState state, Object value);

  /** A variable. */
  record Name(String name) implements Target {
    @Override
    public void assign(RenderState state, Object value) {
      state.scope().set(name, value);
    }
  }

  /** An attribute of a namespace. */
  record Attribute(String owner, String name) implements Target {
    @Override
    public void assign(RenderState state, Object value) {
      Object found = state.scope().get(owner);
      Operators.requireDefined(found);
      if (!(found instanceof Namespace namespace)) {
        throw new TemplateException("cannot assign attribute on non-namespace object");
      }
      namespace.attributes().put(name, value);
    }
  }

  /** Several targets, each for one item of the value. */
  record Unpacked(List<Target> targets) implements Target {
    @Override
    public void assign(RenderState state, Object value) {
      List<Object> items = Sequences.items(state, value);
      if (items.size() != targets.size()) {
        throw new TemplateException((items.size() < targets.size() ? "not enough" : "too many")
            + " values to unpack (expected " + targets.size() + ")");
      }
      for (int i = 0; i < items.size(); i++) {
        targets.get(i).assign(state, items.get(i));
      }
    }
  }

  static Target parse(ExpressionParser parser) {
    Target first = one(parser);
    if (!parser.peek().is(",")) {
      return first;
    }
    List<Target> targets = new ArrayList<>(List.of(first));
    while (parser.accept(",")) {
      if (parser.peek().is("in") || parser.peek().is("=") || parser.peek().is(")")) {
        break;
      }
      targets.add(one(parser));
    }
    return new Unpacked(targets);
  }

  private static Target one(ExpressionParser parser) {
    if (parser.accept("(")) {
      Target inner = parse(parser);
      parser.expect(")");
      return inner;
    }
    String name = parser.name();
    return parser.accept(".") ? new Attribute(name, parser.name()) : new Name(name);
  }
}

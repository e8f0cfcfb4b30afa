package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What stands in the opening tags of statements. */
final class Headers {
  private Headers() {}

  /**
   * {@code for targets in items if condition}.
   *
   * @param condition null for all items
   */
  record For(Target target, Expression items, Expression condition) {}

  /** {@code set target = value}. */
  record Set(Target target, Expression value) {}

  /** {@code set name | filters}, whose value is the block; the filters read it under the name. */
  record Capture(Target target, Expression filtered) {}

  /**
   * {@code macro name(parameters)}.
   *
   * @param parameters with defaults, null where there is none
   */
  record Macro(String name, Map<String, Expression> parameters) {}

  static For forLoop(String source) {
    ExpressionParser parser = new ExpressionParser(source);
    Target target = Target.parse(parser);
    parser.expect("in");
    Expression items = listOr(parser);
    Expression condition = parser.accept("if") ? parser.expression() : null;
    if (parser.peek().is("recursive")) {
      throw new TemplateException("recursive loops are not supported");
    }
    parser.end();
    return new For(target, items, condition);
  }

  /** A loop's items: a condition after them is the loop's, commas make a list. */
  private static Expression listOr(ExpressionParser parser) {
    Expression first = parser.disjunction();
    if (!parser.peek().is(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (parser.accept(",")) {
      items.add(parser.disjunction());
    }
    return Literals.list(items);
  }

  /** A {@link Set}, or a {@link Capture} where no value follows. */
  static Object set(String source) {
    ExpressionParser parser = new ExpressionParser(source);
    Target target = Target.parse(parser);
    if (parser.accept("=")) {
      Expression value = parser.tuple();
      parser.end();
      return new Set(target, value);
    }
    Expression filtered = s -> s.scope().get(Capture.class.getName());
    while (parser.accept("|")) {
      filtered = parser.filter(filtered);
    }
    parser.end();
    return new Capture(target, filtered);
  }

  static Macro macro(String source) {
    ExpressionParser parser = new ExpressionParser(source);
    String name = parser.name();
    Map<String, Expression> parameters = new LinkedHashMap<>();
    parser.expect("(");
    while (!parser.accept(")")) {
      String parameter = parser.name();
      parameters.put(parameter, parser.accept("=") ? parser.expression() : null);
      if (!parser.peek().is(")")) {
        parser.expect(",");
      }
    }
    parser.end();
    return new Macro(name, parameters);
  }
}

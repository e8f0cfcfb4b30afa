package dev.ebb.router.template;

import dev.ebb.router.template.ExpressionLexer.Kind;
import dev.ebb.router.template.ExpressionLexer.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parses expressions with Jinja2's grammar and precedence, into closures. */
final class ExpressionParser extends WordReader {
  private static final int DEPTH_MAX = 100;
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> ADDITIONS = Set.of("+", "-");
  private static final Set<String> MULTIPLICATIONS = Set.of("*", "/", "//", "%");

  /** Words that end a test's argument-less form. */
  private static final Set<String> NO_TEST_ARGUMENT = Set.of("else", "or", "and", "is", "if", "in", "not");

  private int depth;

  ExpressionParser(String source) {
    super(source);
  }

  /** Parses the whole source as one expression; commas at the top make a list. */
  static Expression parse(String source) {
    ExpressionParser parser = new ExpressionParser(source);
    Expression expression = parser.tuple();
    parser.end();
    return expression;
  }

  /** One expression, or a list of them by commas without brackets. */
  Expression tuple() {
    Expression first = expression();
    if (!peek().is(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (accept(",") && peek().kind() != Kind.END && !peek().is(")") && !peek().is("=")) {
      items.add(expression());
    }
    return Literals.tuple(items);
  }

  Expression expression() {
    if (++depth > DEPTH_MAX) {
      throw new TemplateException("an expression is nested deeper than " + DEPTH_MAX);
    }
    Expression value = disjunction();
    while (accept("if")) {
      Expression then = value;
      Expression condition = disjunction();
      Expression otherwise = accept("else") ? expression() : s -> new Undefined("the condition has no 'else'");
      value = s -> Operators.truth(condition.eval(s)) ? then.eval(s) : otherwise.eval(s);
    }
    depth--;
    return value;
  }

  /** An expression without a condition, which in a loop's header is the loop's own. */
  Expression disjunction() {
    Expression left = conjunction();
    while (accept("or")) {
      Expression first = left;
      Expression second = conjunction();
      left = s -> {
        Object value = first.eval(s);
        return Operators.truth(value) ? value : second.eval(s);
      };
    }
    return left;
  }

  private Expression conjunction() {
    Expression left = negation();
    while (accept("and")) {
      Expression first = left;
      Expression second = negation();
      left = s -> {
        Object value = first.eval(s);
        return Operators.truth(value) ? second.eval(s) : value;
      };
    }
    return left;
  }

  private Expression negation() {
    int nots = 0;
    while (accept("not")) {
      nots++;
    }
    Expression value = comparison();
    if (nots == 0) {
      return value;
    }
    boolean wanted = nots % 2 == 0;
    return s -> Operators.truth(value.eval(s)) == wanted;
  }

  /** Comparisons chain: {@code a < b < c} compares both pairs. */
  private Expression comparison() {
    Expression left = addition();
    List<String> operators = new ArrayList<>();
    List<Expression> operands = new ArrayList<>(List.of(left));
    while (true) {
      if (COMPARISONS.contains(peek().text()) && peek().kind() == Kind.OPERATOR) {
        operators.add(next().text());
      } else if (accept("in")) {
        operators.add("in");
      } else if (acceptBoth("not", "in")) {
        operators.add("not in");
      } else {
        return operators.isEmpty() ? left : s -> Operators.compareChain(s, operands, operators);
      }
      operands.add(addition());
    }
  }

  private Expression addition() {
    Expression left = concatenation();
    while (ADDITIONS.contains(peek().text()) && peek().kind() == Kind.OPERATOR) {
      left = binary(next().text(), left, concatenation());
    }
    return left;
  }

  private Expression concatenation() {
    Expression left = multiplication();
    while (accept("~")) {
      Expression first = left;
      Expression second = multiplication();
      left = s -> Operators.concatenate(s, PyText.of(s, first.eval(s)), PyText.of(s, second.eval(s)));
    }
    return left;
  }

  private Expression multiplication() {
    Expression left = power();
    while (MULTIPLICATIONS.contains(peek().text()) && peek().kind() == Kind.OPERATOR) {
      left = binary(next().text(), left, power());
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (accept("**")) {
      left = binary("**", left, unary(true));
    }
    return left;
  }

  private static Expression binary(String operator, Expression left, Expression right) {
    return s -> Operators.apply(s, operator, left.eval(s), right.eval(s));
  }

  private Expression unary(boolean withFilters) {
    if (++depth > DEPTH_MAX) {
      throw new TemplateException("an expression is nested deeper than " + DEPTH_MAX);
    }
    Expression value;
    if (accept("-")) {
      Expression operand = unary(false);
      value = s -> Operators.negate(operand.eval(s));
    } else if (accept("+")) {
      value = unary(false);
    } else {
      value = postfix(primary());
    }
    depth--;
    return withFilters ? filters(value) : value;
  }

  private Expression primary() {
    Word word = next();
    switch (word.kind()) {
      case STRING -> {
        StringBuilder text = new StringBuilder((String) word.value());
        while (peek().kind() == Kind.STRING) {
          text.append(next().value());
        }
        return Literals.constant(text.toString());
      }
      case NUMBER -> {
        return Literals.constant(word.value());
      }
      case NAME -> {
        return Literals.named(word.text());
      }
      default -> {
        return bracketed(word);
      }
    }
  }

  private Expression bracketed(Word open) {
    if (open.is("(")) {
      if (accept(")")) {
        return Literals.tuple(List.of());
      }
      Expression inner = tuple();
      expect(")");
      return inner;
    }
    if (open.is("[")) {
      List<Expression> items = new ArrayList<>();
      while (!accept("]")) {
        items.add(expression());
        if (!peek().is("]")) {
          expect(",");
        }
      }
      return Literals.list(items);
    }
    if (open.is("{")) {
      return dict();
    }
    throw new TemplateException(
        open.kind() == Kind.END ? "an expression is not complete" : "unexpected '" + open.text() + "'");
  }

  private Expression dict() {
    Map<Expression, Expression> items = new LinkedHashMap<>();
    while (!accept("}")) {
      Expression key = expression();
      expect(":");
      items.put(key, expression());
      if (!peek().is("}")) {
        expect(",");
      }
    }
    return Literals.dict(items);
  }

  private Expression postfix(Expression base) {
    Expression value = base;
    while (true) {
      Expression target = value;
      if (accept(".")) {
        Word attribute = next();
        if (attribute.kind() == Kind.NUMBER) {
          value = s -> Attributes.item(s, target.eval(s), attribute.value());
        } else if (attribute.kind() == Kind.NAME) {
          value = s -> Attributes.attribute(target.eval(s), attribute.text());
        } else {
          throw new TemplateException("expected a name instead of '" + attribute.text() + "'");
        }
      } else if (accept("[")) {
        value = subscript(target);
      } else if (accept("(")) {
        Arguments arguments = Arguments.parse(this);
        value = s -> arguments.call(target.eval(s), s);
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression target) {
    Expression start = peek().is(":") ? null : expression();
    if (start != null && !peek().is(":")) {
      expect("]");
      return s -> Attributes.item(s, target.eval(s), start.eval(s));
    }
    expect(":");
    Expression stop = peek().is(":") || peek().is("]") ? null : expression();
    Expression step = accept(":") && !peek().is("]") ? expression() : null;
    expect("]");
    return s -> Slices.slice(s, target.eval(s), eval(start, s), eval(stop, s), eval(step, s));
  }

  private static Object eval(Expression expression, RenderState state) {
    return expression == null ? null : expression.eval(state);
  }

  /** Filters, tests, and calls of their results. */
  private Expression filters(Expression base) {
    Expression value = base;
    while (true) {
      if (accept("|")) {
        value = filter(value);
      } else if (accept("is")) {
        value = test(value);
      } else if (accept("(")) {
        Expression target = value;
        Arguments arguments = Arguments.parse(this);
        value = s -> arguments.call(target.eval(s), s);
      } else {
        return value;
      }
    }
  }

  /** One filter after its bar, applied to a value. */
  Expression filter(Expression input) {
    String name = name();
    Filters.Filter filter = Filters.named(name);
    Arguments arguments = accept("(") ? Arguments.parse(this) : Arguments.NONE;
    return s -> {
      s.tick();
      return filter.apply(s, input.eval(s), arguments.eval(s));
    };
  }

  private Expression test(Expression input) {
    boolean negated = accept("not");
    String name = name();
    Tests.Test test = Tests.named(name);
    List<Expression> arguments = new ArrayList<>();
    if (accept("(")) {
      arguments.addAll(Arguments.parse(this).positional());
    } else if (startsArgument(peek())) {
      arguments.add(postfix(primary()));
    }
    return s -> {
      List<Object> values = new ArrayList<>();
      arguments.forEach(argument -> values.add(argument.eval(s)));
      return test.holds(s, input.eval(s), values) != negated;
    };
  }

  private static boolean startsArgument(Word word) {
    return switch (word.kind()) {
      case STRING, NUMBER -> true;
      case NAME -> !NO_TEST_ARGUMENT.contains(word.text());
      case OPERATOR -> word.is("[") || word.is("{");
      case END -> false;
    };
  }
}

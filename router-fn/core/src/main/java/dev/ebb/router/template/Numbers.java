package dev.ebb.router.template;

/** Python's arithmetic: whole numbers stay whole except under division, floors go down. */
final class Numbers {
  private Numbers() {}

  static Number apply(String operator, Number left, Number right) {
    boolean real = left instanceof Double || right instanceof Double;
    if (right.doubleValue() == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw new TemplateException("division by zero");
    }
    try {
      return real || operator.equals("/") || (operator.equals("**") && right.longValue() < 0)
          ? onReals(operator, left.doubleValue(), right.doubleValue())
          : onIntegers(operator, left.longValue(), right.longValue());
    } catch (ArithmeticException e) {
      throw new TemplateException("a number is too large");
    }
  }

  private static Number onReals(String operator, double left, double right) {
    return switch (operator) {
      case "+" -> left + right;
      case "-" -> left - right;
      case "*" -> left * right;
      case "/" -> left / right;
      case "//" -> Math.floor(left / right);
      case "%" -> left - Math.floor(left / right) * right;
      default -> Math.pow(left, right);
    };
  }

  private static Number onIntegers(String operator, long left, long right) {
    return switch (operator) {
      case "+" -> Math.addExact(left, right);
      case "-" -> Math.subtractExact(left, right);
      case "*" -> Math.multiplyExact(left, right);
      case "//" -> Math.floorDiv(left, right);
      case "%" -> Math.floorMod(left, right);
      default -> Math.powExact(left, Math.toIntExact(right));
    };
  }

  static int compare(Number left, Number right) {
    return left instanceof Double || right instanceof Double
        ? Double.compare(left.doubleValue(), right.doubleValue())
        : Long.compare(left.longValue(), right.longValue());
  }

  /** Order of strings by code points, which differs from Java's beyond the basic plane. */
  static int compareCodePoints(String left, String right) {
    int at = 0;
    while (at < left.length() && at < right.length() && left.charAt(at) == right.charAt(at)) {
      at++;
    }
    if (at == left.length() || at == right.length()) {
      return Integer.compare(left.length(), right.length());
    }
    boolean bothSurrogates = Character.isSurrogate(left.charAt(at)) == Character.isSurrogate(right.charAt(at));
    return bothSurrogates
        ? Character.compare(left.charAt(at), right.charAt(at))
        : Character.isSurrogate(left.charAt(at)) ? 1 : -1;
  }
}

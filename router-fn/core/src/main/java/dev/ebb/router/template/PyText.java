package dev.ebb.router.template;

import java.math.BigDecimal;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** Values as Python writes them. */
final class PyText {
  private PyText() {}

  /** Python's {@code str(value)}; nothing for what is undefined. */
  static String of(RenderState state, Object value) {
    return switch (value) {
      case null -> "None";
      case String text -> text;
      case Undefined undefined -> "";
      case Boolean bool -> bool ? "True" : "False";
      case Double number -> number(number);
      case Number number -> number.toString();
      default -> repr(state, value);
    };
  }

  /** Python's {@code repr(value)}. */
  static String repr(RenderState state, Object value) {
    LimitedText out = new LimitedText(state);
    repr(state, value, out);
    return state.made(out.toString());
  }

  private static void repr(RenderState state, Object value, LimitedText out) {
    state.enterValue();
    switch (value) {
      case String text -> quote(text, out);
      case List<?> list -> {
        boolean tuple = list instanceof PyTuple;
        String before = tuple ? "(" : "[";
        for (Object item : list) {
          out.append(before);
          repr(state, item, out);
          before = ", ";
        }
        out.append(list.isEmpty() ? before : "");
        out.append(tuple ? (list.size() == 1 ? ",)" : ")") : "]");
      }
      case Map<?, ?> map -> {
        String before = "{";
        for (Map.Entry<?, ?> item : map.entrySet()) {
          out.append(before);
          repr(state, item.getKey(), out);
          out.append(": ");
          repr(state, item.getValue(), out);
          before = ", ";
        }
        out.append(map.isEmpty() ? "{}" : "}");
      }
      case Undefined undefined -> out.append("Undefined");
      case Namespace namespace -> {
        out.append("<Namespace ");
        repr(state, namespace.attributes(), out);
        out.append('>');
      }
      case Callable callable -> out.append("<function>");
      case LoopState loop -> out.append("<LoopContext>");
      case null, default -> out.append(of(state, value));
    }
    state.leaveValue();
  }

  /** Single quotes unless the text has some and no double ones. */
  private static void quote(String text, LimitedText out) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    text.codePoints().forEach(c -> {
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\\' -> out.append("\\\\");
        default -> {
          if (c == quote) {
            out.append('\\').append(quote);
          } else if (c < 0x20 || c == 0x7f) {
            out.append("\\x%02x".formatted(c));
          } else if (unprintable(c)) {
            out.append((c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(c));
          } else {
            out.appendCodePoint(c);
          }
        }
      }
    });
    out.append(quote);
  }

  private static boolean unprintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE,
          Character.UNASSIGNED, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      case Character.SPACE_SEPARATOR -> c != ' ';
      default -> false;
    };
  }

  /** A float as Python writes it: the shortest digits, an exponent from 1e16 on and below 1e-4. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = exact.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String digits = exact.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return (value < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+") + "%02d".formatted(Math.abs(exponent));
  }

  /** Whether Python counts the character as white space. */
  static boolean isSpace(char c) {
    return (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x20) || c == 0x85 || Character.isSpaceChar(c);
  }

  /** Takes white space away, or else all of some characters. */
  static String stripLeft(String text, String characters) {
    IntPredicate strips = stripped(characters);
    int from = 0;
    while (from < text.length() && strips.test(text.charAt(from))) {
      from++;
    }
    return text.substring(from);
  }

  static String stripRight(String text, String characters) {
    IntPredicate strips = stripped(characters);
    int to = text.length();
    while (to > 0 && strips.test(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(0, to);
  }

  private static IntPredicate stripped(String characters) {
    if (characters == null) {
      return c -> isSpace((char) c);
    }
    BitSet set = new BitSet();
    characters.chars().forEach(set::set);
    return set::get;
  }
}

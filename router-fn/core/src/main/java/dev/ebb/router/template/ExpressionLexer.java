package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Words of an expression. */
final class ExpressionLexer {
  private static final Set<String> TWO = Set.of("==", "!=", "<=", ">=", "//", "**");
  private static final String ONE = "+-*/%~<>=.,:|()[]{}";

  /** Kinds of words. */
  enum Kind {
    NAME,
    STRING,
    NUMBER,
    OPERATOR,
    END
  }

  /**
   * A word.
   *
   * @param value the string without quotes and escapes, the number, or the text itself
   */
  record Word(Kind kind, String text, Object value) {
    boolean is(String operatorOrName) {
      return (kind == Kind.OPERATOR || kind == Kind.NAME) && text.equals(operatorOrName);
    }
  }

  private final String source;
  private int at;

  ExpressionLexer(String source) {
    this.source = source;
  }

  List<Word> words() {
    List<Word> words = new ArrayList<>();
    while (true) {
      while (at < source.length() && PyText.isSpace(source.charAt(at))) {
        at++;
      }
      if (at == source.length()) {
        words.add(new Word(Kind.END, "", null));
        return words;
      }
      words.add(word());
    }
  }

  private Word word() {
    char c = source.charAt(at);
    if (c == '\'' || c == '"') {
      return string(c);
    }
    if (c >= '0' && c <= '9') {
      return number();
    }
    if (Character.isUnicodeIdentifierStart(c) || c == '_') {
      int start = at;
      while (at < source.length() && Character.isUnicodeIdentifierPart(source.charAt(at))) {
        at++;
      }
      String name = source.substring(start, at);
      return new Word(Kind.NAME, name, name);
    }
    int length = at + 2 <= source.length() && TWO.contains(source.substring(at, at + 2)) ? 2 : 1;
    if (length == 1 && ONE.indexOf(c) < 0) {
      throw new TemplateException("unexpected character '" + c + "'");
    }
    String operator = source.substring(at, at += length);
    return new Word(Kind.OPERATOR, operator, operator);
  }

  private Word number() {
    int start = at;
    skipDigits();
    boolean fraction = at + 1 < source.length() && source.charAt(at) == '.' && isDigit(at + 1);
    if (fraction) {
      at++;
      skipDigits();
    }
    boolean exponent = at < source.length() && "eE".indexOf(source.charAt(at)) >= 0
        && (isDigit(at + 1) || (isDigit(at + 2) && "+-".indexOf(source.charAt(at + 1)) >= 0));
    if (exponent) {
      at += 2;
      skipDigits();
    }
    String text = source.substring(start, at);
    String digits = text.replace("_", "");
    try {
      Object value = fraction || exponent ? (Object) Double.parseDouble(digits) : (Object) Long.parseLong(digits);
      return new Word(Kind.NUMBER, text, value);
    } catch (NumberFormatException e) {
      throw new TemplateException("number " + text + " is too large");
    }
  }

  private boolean isDigit(int position) {
    return position < source.length() && source.charAt(position) >= '0' && source.charAt(position) <= '9';
  }

  private void skipDigits() {
    while (isDigit(at) || (at < source.length() && source.charAt(at) == '_')) {
      at++;
    }
  }

  private Word string(char quote) {
    StringBuilder out = new StringBuilder();
    int start = at++;
    while (at < source.length() && source.charAt(at) != quote) {
      char c = source.charAt(at++);
      if (c == '\\' && at < source.length()) {
        escape(out);
      } else {
        out.append(c);
      }
    }
    if (at == source.length()) {
      throw new TemplateException("a string is not closed");
    }
    at++;
    return new Word(Kind.STRING, source.substring(start, at), out.toString());
  }

  /** Python's escapes; an unknown one stays as it is written. */
  private void escape(StringBuilder out) {
    char c = source.charAt(at++);
    int simple = "abfnrtv\\'\"\n".indexOf(c);
    if (simple >= 0) {
      out.append(simple == 10 ? "" : "\u0007\b\f\n\r\t\u000b\\'\"".substring(simple, simple + 1));
    } else if (c == 'x' || c == 'u' || c == 'U') {
      int digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
      out.appendCodePoint(hex(digits));
    } else if (c >= '0' && c <= '7') {
      int value = c - '0';
      for (int i = 0; i < 2 && at < source.length() && source.charAt(at) >= '0' && source.charAt(at) <= '7'; i++) {
        value = value * 8 + source.charAt(at++) - '0';
      }
      out.append((char) value);
    } else {
      out.append('\\').append(c);
    }
  }

  private int hex(int digits) {
    try {
      int value = Integer.parseInt(source, at, at + digits, 16);
      at += digits;
      if (Character.isValidCodePoint(value)) {
        return value;
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      // The same message as for a code point out of range.
    }
    throw new TemplateException("an escape in a string is not complete");
  }
}

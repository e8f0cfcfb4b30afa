package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a template into text, expressions and tags, with white space removed as Jinja2 does under
 * {@code trim_blocks} and {@code lstrip_blocks}, the settings of chat templates.
 */
final class SourceScanner {
  private static final Pattern RAW_END = Pattern.compile("\\{%[-+]?\\s*+endraw\\s*+[-+]?%}");

  /** What a piece is. */
  enum Kind {
    TEXT,
    EXPRESSION,
    TAG
  }

  /**
   * One piece.
   *
   * @param content the text, or what stands between the delimiters
   * @param line of its beginning, from 1
   */
  record Piece(Kind kind, String content, int line) {}

  private final String source;
  private final List<Piece> pieces = new ArrayList<>();
  private int at;
  private int line = 1;
  private boolean lineStarts = true;

  SourceScanner(String source) {
    String unix = source.replace("\r\n", "\n").replace('\r', '\n');
    this.source = unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix;
  }

  List<Piece> scan() {
    while (at < source.length()) {
      int open = nextOpening(at);
      if (open < 0) {
        addText(source.substring(at));
        break;
      }
      scanTag(open);
    }
    return pieces;
  }

  private int nextOpening(int from) {
    for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
      char second = source.charAt(i + 1);
      if (second == '{' || second == '%' || second == '#') {
        return i;
      }
    }
    return -1;
  }

  private void scanTag(int open) {
    char second = source.charAt(open + 1);
    char sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
    addText(textBefore(source.substring(at, open), second, sign));
    int start = open + 2 + (sign == '-' || sign == '+' ? 1 : 0);
    int close = second == '#' ? source.indexOf("#}", start) : closing(start, second == '{' ? '}' : '%');
    if (close < 0) {
      throw new TemplateException("'{" + second + "' is not closed").at(lineOf(open));
    }
    char before = close > start ? source.charAt(close - 1) : ' ';
    boolean signed = before == '-' || before == '+';
    String content = source.substring(start, signed ? close - 1 : close);
    at = close + 2;
    skipAfter(second, before);
    if (second == '%' && content.strip().equals("raw")) {
      scanRaw(open);
    } else if (second != '#') {
      pieces.add(new Piece(second == '{' ? Kind.EXPRESSION : Kind.TAG, content, lineOf(open)));
    }
  }

  private String textBefore(String text, char second, char sign) {
    if (sign == '-') {
      return PyText.stripRight(text, null);
    }
    if (second == '{' || sign == '+') {
      return text;
    }
    int lineStart = text.lastIndexOf('\n') + 1;
    boolean onlySpace = PyText.stripRight(text.substring(lineStart), null).isEmpty();
    return (lineStart > 0 || lineStarts) && onlySpace ? text.substring(0, lineStart) : text;
  }

  /** White space that belongs to the end of a tag: all after '-', one line end after a block. */
  private void skipAfter(char second, char sign) {
    lineStarts = false;
    if (sign == '-') {
      while (at < source.length() && PyText.isSpace(source.charAt(at))) {
        lineStarts = source.charAt(at++) == '\n';
      }
    } else if (second != '{' && sign != '+' && at < source.length() && source.charAt(at) == '\n') {
      at++;
      lineStarts = true;
    }
  }

  /** Where the tag closes: outside strings, and outside brackets where it could be an operator. */
  private int closing(int from, char first) {
    int depth = 0;
    for (int i = from; i + 1 < source.length(); i++) {
      char c = source.charAt(i);
      if (depth == 0 && c == first && source.charAt(i + 1) == '}') {
        return i;
      }
      if (c == '\'' || c == '"') {
        i = endOfString(i, c);
        if (i < 0) {
          return -1;
        }
      } else if (c == '(' || c == '[' || c == '{') {
        depth++;
      } else if (c == ')' || c == ']' || c == '}') {
        depth--;
      }
    }
    return -1;
  }

  private int endOfString(int from, char quote) {
    for (int i = from + 1; i < source.length(); i++) {
      char c = source.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == quote) {
        return i;
      }
    }
    return -1;
  }

  private void scanRaw(int open) {
    Matcher end = RAW_END.matcher(source);
    if (!end.find(at)) {
      throw new TemplateException("'raw' is not closed").at(lineOf(open));
    }
    addText(textBefore(source.substring(at, end.start()), '%', source.charAt(end.start() + 2)));
    at = end.end();
    skipAfter('%', source.charAt(at - 3));
  }

  private void addText(String text) {
    if (!text.isEmpty()) {
      pieces.add(new Piece(Kind.TEXT, text, lineOf(at)));
    }
  }

  private int lineCounted;

  private int lineOf(int position) {
    for (; lineCounted < position; lineCounted++) {
      line += source.charAt(lineCounted) == '\n' ? 1 : 0;
    }
    return line;
  }
}

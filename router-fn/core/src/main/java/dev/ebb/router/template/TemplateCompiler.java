package dev.ebb.router.template;

import dev.ebb.router.template.SourceScanner.Piece;
import dev.ebb.router.template.TemplateProgram.Part;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Turns a scanned template into a table of parts, parsed here, and a skeleton for Jinjava in which
 * numbers stand for them. So Jinjava sees no text, string or expression that it would read in its
 * own way.
 */
final class TemplateCompiler {
  private static final int NESTING_MAX = 100;
  private static final Map<String, String> ENDS =
      Map.of("endif", "if", "endfor", "for", "endset", "set", "endmacro", "macro", "endgeneration", "generation");

  /** An open statement. */
  private record Open(String name, int line) {}

  private final List<Part> parts = new ArrayList<>();
  private final StringBuilder statements = new StringBuilder();
  private final Deque<Open> open = new ArrayDeque<>();

  TemplateCompiler(List<Piece> pieces) {
    for (Piece piece : pieces) {
      try {
        add(piece);
      } catch (TemplateException e) {
        throw e.at(piece.line());
      }
    }
    if (!open.isEmpty()) {
      throw new TemplateException("'" + open.peek().name() + "' is not ended").at(open.peek().line());
    }
  }

  List<Part> parts() {
    return parts;
  }

  String statements() {
    return statements.toString();
  }

  private void add(Piece piece) {
    switch (piece.kind()) {
      case TEXT -> output(Literals.constant(piece.content()), piece.line());
      case EXPRESSION -> output(ExpressionParser.parse(piece.content()), piece.line());
      case TAG -> tag(piece.content().strip(), piece.line());
    }
  }

  private void output(Expression expression, int line) {
    statements.append("{{ ").append(part(expression, line)).append(" }}");
  }

  private int part(Object value, int line) {
    parts.add(new Part(value, line));
    return parts.size() - 1;
  }

  private void tag(String content, int line) {
    int end = 0;
    while (end < content.length() && Character.isJavaIdentifierPart(content.charAt(end))) {
      end++;
    }
    String name = content.substring(0, end);
    String rest = content.substring(end);
    switch (name) {
      case "if" -> begin(name, "if", ExpressionParser.parse(rest), line);
      case "for" -> begin(name, "for", Headers.forLoop(rest), line);
      case "macro" -> begin(name, "macro", Headers.macro(rest), line);
      case "generation" -> begin(name, "generation", rest, line);
      case "set" -> set(Headers.set(rest), line);
      case "elif" -> {
        inside(name, "if");
        write("elif", part(ExpressionParser.parse(rest), line));
      }
      case "else" -> {
        inside(name, "if", "for");
        write("else", -1);
      }
      case "break", "continue" -> {
        if (open.stream().noneMatch(each -> each.name().equals("for"))) {
          throw new TemplateException("'" + name + "' is outside a loop");
        }
        write(name, -1);
      }
      default -> end(name);
    }
  }

  private void set(Object header, int line) {
    if (header instanceof Headers.Capture) {
      begin("set", "capture", header, line);
    } else {
      write("set", part(header, line));
    }
  }

  private void begin(String name, String tag, Object header, int line) {
    open.push(new Open(name, line));
    if (open.size() > NESTING_MAX) {
      throw new TemplateException("statements are nested deeper than " + NESTING_MAX);
    }
    write(tag, part(header, line));
  }

  private void inside(String name, String... allowed) {
    if (open.isEmpty() || !List.of(allowed).contains(open.peek().name())) {
      throw new TemplateException("'" + name + "' is not inside " + String.join(" or ", allowed));
    }
  }

  private void end(String name) {
    String begun = ENDS.get(name);
    if (begun == null) {
      throw new TemplateException("statement '" + name + "' is not supported");
    }
    inside(name, begun);
    open.pop();
    write(name, -1);
  }

  private void write(String tag, int part) {
    statements.append("{% ").append(tag).append(part < 0 ? "" : " " + part).append(" %}");
  }
}

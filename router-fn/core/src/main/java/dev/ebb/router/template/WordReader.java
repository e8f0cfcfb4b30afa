package dev.ebb.router.template;

import dev.ebb.router.template.ExpressionLexer.Kind;
import dev.ebb.router.template.ExpressionLexer.Word;
import java.util.List;

/** The words of a tag or expression, one after another. */
class WordReader {
  private final List<Word> words;
  private int at;

  WordReader(String source) {
    this.words = new ExpressionLexer(source).words();
  }

  Word peek() {
    return words.get(at);
  }

  Word next() {
    Word word = words.get(at);
    at += word.kind() == Kind.END ? 0 : 1;
    return word;
  }

  boolean accept(String text) {
    if (peek().is(text)) {
      at++;
      return true;
    }
    return false;
  }

  /** Accepts two words, or neither. */
  boolean acceptBoth(String first, String second) {
    if (peek().is(first) && words.get(at + 1).is(second)) {
      at += 2;
      return true;
    }
    return false;
  }

  void expect(String text) {
    if (!accept(text)) {
      throw new TemplateException("expected '" + text + "' instead of '" + peek().text() + "'");
    }
  }

  String name() {
    if (peek().kind() != Kind.NAME) {
      throw new TemplateException("expected a name instead of '" + peek().text() + "'");
    }
    return next().text();
  }

  /** The name of a named argument, consumed with its equals sign; null for anything else. */
  String nameBeforeEquals() {
    if (!words.get(at + 1).is("=")) {
      return null;
    }
    at += 2;
    return words.get(at - 2).text();
  }

  void end() {
    if (peek().kind() != Kind.END) {
      throw new TemplateException("unexpected '" + peek().text() + "'");
    }
  }
}

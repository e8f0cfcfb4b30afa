package dev.ebb.router.template;

import com.hubspot.jinjava.tree.Node;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A compiled template.
 *
 * @param parts what the tree's numbers stand for
 * @param tree Jinjava's tree of statements
 */
record TemplateProgram(List<Part> parts, Node tree) {

  /**
   * A text, expression or header.
   *
   * @param value an {@link Expression} or one of {@link Headers}
   * @param line where it is in the template
   */
  record Part(Object value, int line) {}

  /**
   * Compiles.
   *
   * @throws TemplateException naming the line
   */
  static TemplateProgram compile(String source) {
    try {
      TemplateCompiler compiler = new TemplateCompiler(new SourceScanner(source).scan());
      return new TemplateProgram(compiler.parts(), StatementFrame.parse(compiler.statements()));
    } catch (StackOverflowError e) {
      throw new TemplateException("the chat template is nested too deeply");
    }
  }

  String render(Map<String, Object> variables, Duration timeMax, int charactersMax, Clock clock) {
    try {
      Scope scope = new Scope(null);
      variables.forEach((name, value) -> scope.set(name, Values.of(value)));
      return StatementFrame.render(this, new RenderState(scope, timeMax, charactersMax, clock));
    } catch (StackOverflowError e) {
      throw new TemplateException("the chat template or its values are nested too deeply");
    }
  }
}

package dev.ebb.router.template;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.expression.ExpressionStrategy;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.output.RenderedOutputNode;
import com.hubspot.jinjava.tree.parse.ExpressionToken;
import java.util.List;
import java.util.function.BiFunction;

/** Jinjava with this package's expressions and statements plugged in. */
final class StatementFrame {
  private static final JinjavaConfig CONFIG =
      JinjavaConfig.newBuilder().withNestedInterpretationEnabled(false).build();
  private static final Jinjava JINJAVA = new Jinjava(CONFIG);

  static {
    register("for", "endfor", Statements::forLoop);
    register("set", null, Statements::set);
    register("capture", "endset", Statements::capture);
    register("macro", "endmacro", Statements::macro);
    register("generation", "endgeneration", Statements::body);
    register("break", null, (node, run) -> Statements.signal(run, RenderState.Signal.BREAK));
    register("continue", null, (node, run) -> Statements.signal(run, RenderState.Signal.CONTINUE));
  }

  private StatementFrame() {}

  private static void register(String name, String end, BiFunction<TagNode, Run, String> meaning) {
    JINJAVA.registerTag(new PluggedTag(name, end, meaning));
  }

  /** Jinjava's tree of a skeleton. */
  static Node parse(String statements) {
    Run run = new Run(null, null);
    Node tree = run.parse(statements);
    run.throwFirstError();
    return tree;
  }

  static String render(TemplateProgram program, RenderState state) {
    Run run = new Run(program, state);
    JinjavaInterpreter.pushCurrent(run);
    try {
      String text = run.render(program.tree());
      run.throwFirstError();
      return text;
    } catch (InterpretException e) {
      throw cause(e);
    } finally {
      JinjavaInterpreter.popCurrent();
    }
  }

  private static TemplateException cause(Throwable thrown) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      if (each instanceof TemplateException exception) {
        return exception;
      }
    }
    return new TemplateException(thrown.getMessage());
  }

  /** One render: Jinjava's interpreter, whose numbers are looked up in the program. */
  static final class Run extends JinjavaInterpreter {
    private final TemplateProgram program;
    private final RenderState state;
    private long written;

    Run(TemplateProgram program, RenderState state) {
      super(JINJAVA, context(), CONFIG);
      this.program = program;
      this.state = state;
    }

    private static Context context() {
      Context context = new Context(JINJAVA.getGlobalContext());
      context.setExpressionStrategy(new PartStrategy());
      return context;
    }

    RenderState state() {
      return state;
    }

    TemplateProgram.Part part(String number) {
      return program.parts().get(Integer.parseInt(number.strip()));
    }

    /** The condition of an if, which decides nothing while a loop's pass is being left. */
    @Override
    public Object resolveELExpression(String number, int line) {
      return state.signal() == RenderState.Signal.NONE && Operators.truth(eval(part(number)));
    }

    Object eval(TemplateProgram.Part part) {
      try {
        state.tick();
        return ((Expression) part.value()).eval(state);
      } catch (TemplateException e) {
        throw e.at(part.line());
      }
    }

    /** Counts output, also of blocks and macros, whose text may be written again. */
    String write(TemplateProgram.Part part) {
      Object value = eval(part);
      try {
        String text = PyText.of(state, value);
        written += text.length();
        state.checkLength(written);
        return text;
      } catch (TemplateException e) {
        throw e.at(part.line());
      }
    }

    void throwFirstError() {
      List<TemplateError> errors = getErrors();
      if (!errors.isEmpty()) {
        TemplateError first = errors.getFirst();
        throw first.getException() == null
            ? new TemplateException(first.getMessage())
            : cause(first.getException());
      }
    }
  }

  /** Prints a part. */
  private static final class PartStrategy implements ExpressionStrategy {
    private static final long serialVersionUID = 1L;

    @Override
    public RenderedOutputNode interpretOutput(ExpressionToken token, JinjavaInterpreter interpreter) {
      Run run = (Run) interpreter;
      return new RenderedOutputNode(
          run.state().signal() == RenderState.Signal.NONE ? run.write(run.part(token.getExpr())) : "");
    }
  }

  /** A statement with a meaning of this package. */
  private static final class PluggedTag implements Tag {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String end;
    private final transient BiFunction<TagNode, Run, String> meaning;

    PluggedTag(String name, String end, BiFunction<TagNode, Run, String> meaning) {
      this.name = name;
      this.end = end;
      this.meaning = meaning;
    }

    @Override
    public String getName() {
      return name;
    }

    @Override
    public String getEndTagName() {
      return end;
    }

    @Override
    public String interpret(TagNode node, JinjavaInterpreter interpreter) {
      Run run = (Run) interpreter;
      return run.state().signal() == RenderState.Signal.NONE ? meaning.apply(node, run) : "";
    }
  }
}

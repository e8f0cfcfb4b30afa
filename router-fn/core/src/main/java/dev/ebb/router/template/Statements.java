package dev.ebb.router.template;

import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import dev.ebb.router.template.StatementFrame.Run;
import dev.ebb.router.template.TemplateProgram.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the statements do that Jinja2 and Jinjava do differently. */
final class Statements {
  private static final String ELSE = "else";

  private Statements() {}

  static String body(TagNode node, Run run) {
    return render(node.getChildren(), run);
  }

  private static String render(List<Node> nodes, Run run) {
    StringBuilder out = new StringBuilder();
    for (Node node : nodes) {
      out.append(node.render(run).getValue());
    }
    return out.toString();
  }

  static String signal(Run run, RenderState.Signal signal) {
    run.state().signal(signal);
    return "";
  }

  static String set(TagNode node, Run run) {
    Part part = run.part(node.getHelpers());
    Headers.Set header = (Headers.Set) part.value();
    assign(run, part, header.target(), run.eval(new Part(header.value(), part.line())));
    return "";
  }

  private static void assign(Run run, Part part, Target target, Object value) {
    try {
      target.assign(run.state(), value);
    } catch (TemplateException e) {
      throw e.at(part.line());
    }
  }

  /** A block's text, which the filters of its header read under a name that no template can write. */
  static String capture(TagNode node, Run run) {
    Part part = run.part(node.getHelpers());
    Headers.Capture header = (Headers.Capture) part.value();
    Scope outer = run.state().enter(new Scope(run.state().scope()));
    Object value;
    try {
      String text = body(node, run);
      run.state().scope().set(Headers.Capture.class.getName(), text);
      value = run.eval(new Part(header.filtered(), part.line()));
    } finally {
      run.state().enter(outer);
    }
    assign(run, part, header.target(), value);
    return "";
  }

  static String forLoop(TagNode node, Run run) {
    Part part = run.part(node.getHelpers());
    Headers.For header = (Headers.For) part.value();
    List<Node> passes = new ArrayList<>(node.getChildren());
    List<Node> otherwise = List.of();
    for (int i = 0; i < passes.size(); i++) {
      if (passes.get(i) instanceof TagNode tag && tag.getName().equals(ELSE)) {
        otherwise = passes.subList(i + 1, passes.size());
        passes = passes.subList(0, i);
        break;
      }
    }
    List<Object> items = items(run, part, header);
    return items.isEmpty() ? render(otherwise, run) : passes(run, part, items, passes);
  }

  private static List<Object> items(Run run, Part part, Headers.For header) {
    try {
      List<Object> items = Sequences.items(run.state(), run.eval(new Part(header.items(), part.line())));
      return header.condition() == null ? items : matching(run, header, items);
    } catch (TemplateException e) {
      throw e.at(part.line());
    }
  }

  private static List<Object> matching(Run run, Headers.For header, List<Object> items) {
    List<Object> out = new ArrayList<>();
    for (Object item : items) {
      run.state().tick();
      if (holds(run, header, item)) {
        out.add(item);
      }
    }
    run.state().makeItems(out.size());
    return out;
  }

  private static boolean holds(Run run, Headers.For header, Object item) {
    Scope outer = run.state().enter(new Scope(run.state().scope()));
    try {
      header.target().assign(run.state(), item);
      return Operators.truth(header.condition().eval(run.state()));
    } finally {
      run.state().enter(outer);
    }
  }

  private static String passes(Run run, Part part, List<Object> items, List<Node> body) {
    Headers.For header = (Headers.For) part.value();
    RenderState state = run.state();
    LoopState loop = new LoopState(items);
    StringBuilder out = new StringBuilder();
    Scope outer = state.scope();
    try {
      for (int i = 0; i < items.size() && state.signal() != RenderState.Signal.BREAK; i++) {
        tick(state, part);
        state.signal(RenderState.Signal.NONE);
        loop.index(i);
        state.enter(new Scope(outer));
        state.scope().set("loop", loop);
        assign(run, part, header.target(), items.get(i));
        out.append(render(body, run));
      }
    } finally {
      state.enter(outer);
    }
    state.signal(RenderState.Signal.NONE);
    return out.toString();
  }

  private static void tick(RenderState state, Part part) {
    try {
      state.tick();
    } catch (TemplateException e) {
      throw e.at(part.line());
    }
  }

  static String macro(TagNode node, Run run) {
    Headers.Macro header = (Headers.Macro) run.part(node.getHelpers()).value();
    Callable macro = (state, arguments, named) -> call(node, run, header, arguments, named);
    run.state().scope().set(header.name(), macro);
    return "";
  }

  private static String call(
      TagNode node, Run run, Headers.Macro header, List<Object> arguments, Map<String, Object> named) {
    RenderState state = run.state();
    state.descend();
    Scope outer = state.enter(new Scope(state.scope().top()));
    try {
      bind(state, header, arguments, named);
      return body(node, run);
    } finally {
      state.enter(outer);
      state.ascend();
    }
  }

  private static void bind(
      RenderState state, Headers.Macro header, List<Object> arguments, Map<String, Object> named) {
    if (arguments.size() > header.parameters().size()) {
      throw new TemplateException("macro '" + header.name() + "' takes not more than "
          + header.parameters().size() + " argument(s)");
    }
    for (String name : named.keySet()) {
      if (!header.parameters().containsKey(name)) {
        throw new TemplateException("macro '" + header.name() + "' takes no keyword argument '" + name + "'");
      }
    }
    int place = 0;
    for (Map.Entry<String, Expression> parameter : header.parameters().entrySet()) {
      String name = parameter.getKey();
      Object value;
      if (place < arguments.size()) {
        value = arguments.get(place);
      } else if (named.containsKey(name)) {
        value = named.get(name);
      } else {
        value = parameter.getValue() == null
            ? new Undefined("parameter '" + name + "' was not provided")
            : parameter.getValue().eval(state);
      }
      state.scope().set(name, value);
      place++;
    }
  }
}

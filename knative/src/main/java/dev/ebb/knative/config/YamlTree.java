package dev.ebb.knative.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads YAML into {@link Value}s. Plain scalars mean what YAML 1.2's core schema says, so {@code no} is text. A key
 * that is given twice, an alias and a tag are problems: none of them does what it seems to.
 */
final class YamlTree {
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]*)");
  private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)\\.[0-9]+");
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> BOOLEANS = Set.of("true", "false");

  private final List<Problem> problems;
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private YamlTree(List<Problem> problems) {
    this.problems = problems;
  }

  /** The tree of the one document; what is wrong with it as YAML goes to {@code problems}. */
  static Value read(String text, List<Problem> problems) {
    try {
      Node root = new Yaml(new LoaderOptions()).compose(new StringReader(text));
      if (root != null) {
        return new YamlTree(problems).value(root, "", root.getStartMark());
      }
      problems.add(new Problem("", 1, 1, "is empty", "begin with knative/examples/ebb.yaml"));
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      problems.add(new Problem("", mark == null ? 1 : mark.getLine() + 1, mark == null ? 1 : mark.getColumn() + 1,
          "is no YAML: " + e.getProblem(), "mend the line, its indentation or its quotes"));
    } catch (YAMLException e) {
      problems.add(new Problem("", 1, 1, "is no YAML: " + e.getMessage(), "write one YAML document in UTF-8"));
    }
    return new Value(Value.Kind.OBJECT, "", Map.of(), List.of(), "", 1, 1);
  }

  private Value value(Node node, String path, Mark mark) {
    int line = mark.getLine() + 1;
    int column = mark.getColumn() + 1;
    boolean alias = !(node instanceof ScalarNode) && !seen.add(node);
    if (alias || !node.getTag().startsWith(Tag.PREFIX)) {
      problems.add(alias ? new Problem(path, line, column, "is an alias", "write out what it stands for")
          : new Problem(path, line, column, "has the tag " + node.getTag().getValue(), "write the plain value"));
      return new Value(Value.Kind.NULL, "", Map.of(), List.of(), path, line, column);
    }
    return switch (node) {
      case MappingNode mapping ->
          new Value(Value.Kind.OBJECT, "", fields(mapping, path), List.of(), path, line, column);
      case SequenceNode sequence ->
          new Value(Value.Kind.ARRAY, "", Map.of(), items(sequence, path), path, line, column);
      case ScalarNode scalar -> new Value(kind(scalar), scalar.getValue(), Map.of(), List.of(), path, line, column);
      default -> throw new IllegalStateException(node.getNodeId().name());
    };
  }

  private Map<String, Value> fields(MappingNode mapping, String path) {
    Map<String, Value> fields = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Mark mark = tuple.getKeyNode().getStartMark();
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      Value field = value(tuple.getValueNode(), path.isEmpty() ? key : path + "." + key, mark);
      Value earlier = fields.putIfAbsent(key, field);
      if (earlier != null) {
        problems.add(new Problem(field.path(), field.line(), field.column(),
            "is given twice, first in line " + earlier.line(), "keep one of them"));
      }
    }
    return Collections.unmodifiableMap(fields);
  }

  private List<Value> items(SequenceNode sequence, String path) {
    List<Value> items = new ArrayList<>();
    for (Node node : sequence.getValue()) {
      items.add(value(node, path + "[" + items.size() + "]", node.getStartMark()));
    }
    return List.copyOf(items);
  }

  private static Value.Kind kind(ScalarNode scalar) {
    String text = scalar.getValue();
    if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
      return Value.Kind.STRING;
    } else if (INTEGER.matcher(text).matches()) {
      return Value.Kind.INTEGER;
    } else if (NUMBER.matcher(text).matches()) {
      return Value.Kind.NUMBER;
    } else if (BOOLEANS.contains(text)) {
      return Value.Kind.BOOLEAN;
    }
    return NULLS.contains(text) ? Value.Kind.NULL : Value.Kind.STRING;
  }
}

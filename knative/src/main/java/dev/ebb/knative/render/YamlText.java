package dev.ebb.knative.render;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Writes maps and lists as YAML in block style, keys in their order. */
final class YamlText {
  private YamlText() {}

  static String of(Map<String, Object> fields) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setLineBreak(DumperOptions.LineBreak.UNIX);
    options.setSplitLines(false);
    return new Yaml(options).dump(copy(fields));
  }

  /** A copy in which nothing occurs twice, since the writer would make an anchor of it. */
  private static Object copy(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<Object, Object> copy = new LinkedHashMap<>();
        map.forEach((key, field) -> copy.put(key, copy(field)));
        yield copy;
      }
      case List<?> items -> items.stream().map(YamlText::copy).toList();
      default -> value;
    };
  }
}

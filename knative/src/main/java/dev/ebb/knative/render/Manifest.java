package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.Map;

/** One object as it is applied. */
public final class Manifest {
  private final Kind kind;
  private final String name;
  private final Map<String, Object> fields;

  private Manifest(Kind kind, String name, Map<String, Object> fields) {
    this.kind = kind;
    this.name = name;
    this.fields = fields;
  }

  /**
   * An object.
   *
   * @param metadata fields of the metadata behind name and namespace
   * @param rest what stands beside the metadata
   */
  static Manifest of(EbbYaml yaml, Kind kind, String name, Fields metadata, Fields rest) {
    Fields head = Fields.of("name", name);
    if (!kind.isClusterWide()) {
      head.and("namespace", yaml.namespace());
    }
    return new Manifest(kind, name, Fields.of("apiVersion", kind.apiVersion).and("kind", kind.kind)
        .and("metadata", head.andAll(metadata)).andAll(rest));
  }

  Kind kind() {
    return kind;
  }

  /** Its kind in the cluster. */
  public ObjectKind objectKind() {
    return kind.objectKind();
  }

  /** Its name in the cluster. */
  public String name() {
    return name;
  }

  /** The name of its file: in the order of these names objects can be applied. */
  public String fileName() {
    return kind.filePrefix() + "-" + name + ".yaml";
  }

  /** The object as YAML, ending with a line break. */
  public String text() {
    return YamlText.of(fields);
  }
}

package dev.ebb.knative.render;

import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.config.ModelSpec.Source;

/** The volume that holds the model's file or folder, mounted read-only. */
final class ModelVolume {
  static final String FOLDER = "/models";
  private static final String NAME = "model";

  private ModelVolume() {}

  /** The file or folder as a container sees it. */
  static String path(ModelSpec model) {
    return FOLDER + "/" + switch (model.source()) {
      case ModelSpec.Claim claim -> claim.path();
      case ModelSpec.HostFolder host -> host.path();
      case ModelSpec.ImageVolume image -> image.path();
      // Where ebb model pull puts it under EBB_HOME: a file if one was named, else a folder.
      case ModelSpec.Hub hub -> "models/" + model.id() + (isFile(hub) ? ".gguf" : "");
    };
  }

  static Fields volume(ModelSpec model) {
    return Fields.of("name", NAME).andAll(volumeOf(model.source(), model));
  }

  static Fields mount() {
    return Fields.of("name", NAME).and("mountPath", FOLDER).and("readOnly", true);
  }

  /**
   * What tells pods of one source from pods of another where all else is the same: a router that went on would tokenize
   * for a model that functions have no more.
   */
  static Fields annotations(ModelSpec model) {
    return model.source() instanceof ModelSpec.Hub hub
        ? Fields.of("ebb.dev/model-source", hub.reference()) : new Fields();
  }

  private static Fields volumeOf(Source source, ModelSpec model) {
    return switch (source) {
      case ModelSpec.Claim claim -> claim(claim.name());
      case ModelSpec.HostFolder host ->
          Fields.of("hostPath", Fields.of("path", host.folder()).and("type", "Directory"));
      case ModelSpec.ImageVolume image -> Fields.of("image", Fields.of("reference", image.image()));
      case ModelSpec.Hub hub -> claim(model.claimName());
    };
  }

  private static Fields claim(String name) {
    return Fields.of("persistentVolumeClaim", Fields.of("claimName", name).and("readOnly", true));
  }

  private static boolean isFile(ModelSpec.Hub hub) {
    return hub.reference().substring("hf://".length()).chars().filter(letter -> letter == '/').count() > 1;
  }
}

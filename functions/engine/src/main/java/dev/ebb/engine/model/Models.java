package dev.ebb.engine.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;

/** Opens a model by whatever format accepts it. */
public final class Models {
  private Models() {}

  /**
   * Opens the model at {@code path}.
   *
   * @throws ModelFormatException when there is no file, no format knows it, or it is damaged
   */
  public static ModelFile open(Path path) {
    if (!Files.exists(path)) {
      throw new ModelFormatException(path + ": no such file");
    }
    for (ModelFormat format : ServiceLoader.load(ModelFormat.class)) {
      if (format.accepts(path)) {
        return format.open(path);
      }
    }
    throw new ModelFormatException(
        path + ": neither a GGUF file nor a Hugging Face folder with config.json and *.safetensors");
  }
}

package dev.ebb.router.app.model;

import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.ModelFormatException;
import dev.ebb.engine.model.Models;
import dev.ebb.engine.tokenizer.Tokenizers;
import dev.ebb.router.app.config.RouterSettings;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;

/** Reads what the router needs of a model file and closes it again: metadata and tokenizer, no weights. */
@ApplicationScoped
public class ModelLoader {

  /**
   * @throws ModelFormatException when the file is missing, damaged or of an unknown kind
   */
  public ServedModel load(RouterSettings settings) {
    try (ModelFile file = Models.open(settings.modelPath())) {
      return new ServedModel(
          settings.modelId(),
          Tokenizers.build(file.tokenizer()),
          file.chatTemplate(),
          Math.min(file.config().contextLength(), settings.kvTokens()),
          file.fingerprint(),
          SamplingDefaults.of(file),
          Files.getLastModifiedTime(settings.modelPath()).toMillis() / 1000);
    } catch (IOException e) {
      throw new ModelFormatException(settings.modelPath() + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(settings.modelPath() + ": " + e.getMessage(), e);
    }
  }
}

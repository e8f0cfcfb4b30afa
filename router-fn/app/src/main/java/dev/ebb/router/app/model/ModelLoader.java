package dev.ebb.router.app.model;

import dev.ebb.engine.kv.KvBudget;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelConfig;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.ModelFormatException;
import dev.ebb.engine.model.Models;
import dev.ebb.engine.tokenizer.Tokenizers;
import dev.ebb.router.app.config.RouterSettings;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.ToIntFunction;

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
          maxModelLen(file.config(), settings, layout -> KvBudget.tokens(settings.kvTokens(), layout)),
          file.fingerprint(),
          SamplingDefaults.of(file),
          Files.getLastModifiedTime(settings.modelPath()).toMillis() / 1000);
    } catch (IOException e) {
      throw new ModelFormatException(settings.modelPath() + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(settings.modelPath() + ": " + e.getMessage(), e);
    }
  }

  /**
   * What the functions will have room for: on this machine they cut their KV store to its memory.
   *
   * @param roomHere tokens of that layout that the functions keep on this machine
   */
  static int maxModelLen(ModelConfig model, RouterSettings settings, ToIntFunction<KvLayout> roomHere) {
    KvLayout layout = KvLayout.of(model, settings.kvType());
    boolean here = settings.platform() == RouterSettings.PlatformKind.LOCAL;
    int room = here ? roomHere.applyAsInt(layout) : settings.kvTokens();
    return Math.min(model.contextLength(), Math.max(room, layout.blockTokens()));
  }
}

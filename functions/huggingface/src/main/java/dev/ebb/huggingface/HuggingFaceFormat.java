package dev.ebb.huggingface;

import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.ModelFormat;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders as Hugging Face keeps models: config.json, tokenizer.json and safetensors weights. */
public final class HuggingFaceFormat implements ModelFormat {

  @Override
  public String name() {
    return "Hugging Face folder";
  }

  @Override
  public boolean accepts(Path path) {
    return Files.isRegularFile(path.resolve("config.json"))
        && (Files.isRegularFile(path.resolve(Weights.SINGLE)) || Files.isRegularFile(path.resolve(Weights.INDEX)));
  }

  @Override
  public ModelFile open(Path path) {
    return HuggingFaceFolder.open(path);
  }
}

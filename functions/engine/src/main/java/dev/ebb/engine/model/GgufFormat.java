package dev.ebb.engine.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Single-file GGUF models, versions 2 and 3. */
public final class GgufFormat implements ModelFormat {

  @Override
  public String name() {
    return "GGUF";
  }

  /** By the magic number, or by the extension so that a damaged file gets this format's error. */
  @Override
  public boolean accepts(Path path) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(path)) {
      return GgufHeader.hasMagic(in.readNBytes(4)) || path.toString().endsWith(".gguf");
    } catch (IOException e) {
      throw new ModelFormatException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public ModelFile open(Path path) {
    return GgufFile.open(path);
  }
}

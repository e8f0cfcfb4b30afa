package dev.ebb.engine.model;

import dev.ebb.engine.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the tokenizer of a GGUF file that holds a vocabulary and no tensors. */
public final class VocabularyFile {
  private VocabularyFile() {}

  /** The tokenizer's description. */
  public static TokenizerSpec read(Path path) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
      return GgufTokenizer.read(new GgufMetadata(GgufHeader.read(path.getFileName().toString(), bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

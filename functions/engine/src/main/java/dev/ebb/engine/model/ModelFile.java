package dev.ebb.engine.model;

import dev.ebb.engine.tokenizer.TokenizerSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An opened, validated, memory-mapped model: a GGUF file or a Hugging Face folder. Tensor bytes are
 * valid until {@link #close()}.
 */
public interface ModelFile extends AutoCloseable {

  /** The file or folder it was opened from. */
  Path path();

  /** Hyper-parameters. */
  ModelConfig config();

  /** Everything needed to build the tokenizer. */
  TokenizerSpec tokenizer();

  /** The chat template's Jinja source, where the file has one. */
  Optional<String> chatTemplate();

  /** All tensors with a role, validated for shape and range; tied output is absent. */
  List<Tensor> tensors();

  /** The file's metadata for display, in file order; long arrays stay arrays. */
  Map<String, Object> metadata();

  /**
   * Identity of the weights: equal for equal files, and cheap (from header bytes, tensor table, file
   * length and a sample of every tensor, not from all the data). Hex, at least 32 digits. Part of
   * every KV block's hash.
   */
  String fingerprint();

  @Override
  void close();
}

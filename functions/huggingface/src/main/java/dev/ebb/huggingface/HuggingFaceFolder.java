package dev.ebb.huggingface;

import dev.ebb.engine.model.Fingerprint;
import dev.ebb.engine.model.ModelConfig;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.ModelFormatException;
import dev.ebb.engine.model.Tensor;
import dev.ebb.engine.model.TensorPlan;
import dev.ebb.engine.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An opened Hugging Face folder. */
final class HuggingFaceFolder implements ModelFile {
  private final Path path;
  private final Arena arena;
  private final Weights weights;
  private final ModelConfig config;
  private final TokenizerSpec tokenizer;
  private final List<Tensor> tensors;
  private final Optional<String> chatTemplate;
  private final Map<String, Object> metadata;
  private boolean closed;

  private HuggingFaceFolder(Path path, Arena arena) {
    this.path = path;
    this.arena = arena;
    Json json = Json.read(path.resolve("config.json"));
    FolderConfig reader = new FolderConfig(json);
    this.config = reader.read(path.toAbsolutePath().normalize().getFileName().toString());
    FolderTokenizer described = new FolderTokenizer(path, json, config.vocabulary());
    this.tokenizer = described.spec();
    this.chatTemplate = described.chatTemplate();
    this.weights = Weights.open(path, arena);
    this.tensors = new FolderTensors(reader, config.architecture()).read(weights.tensors());
    TensorPlan.check(path.getFileName().toString(), config, tensors);
    this.metadata = new LinkedHashMap<>();
    json.node().fieldNames().forEachRemaining(
        key -> metadata.put(key, Json.MAPPER.convertValue(json.node().get(key), Object.class)));
  }

  static HuggingFaceFolder open(Path path) {
    Arena arena = Arena.ofShared();
    try {
      return new HuggingFaceFolder(path, arena);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public TokenizerSpec tokenizer() {
    return tokenizer;
  }

  @Override
  public Optional<String> chatTemplate() {
    return chatTemplate;
  }

  @Override
  public List<Tensor> tensors() {
    return tensors;
  }

  @Override
  public Map<String, Object> metadata() {
    return metadata;
  }

  @Override
  public String fingerprint() {
    Fingerprint fingerprint = new Fingerprint();
    try {
      fingerprint.add(Files.readAllBytes(path.resolve("config.json")));
      fingerprint.add(Files.readAllBytes(path.resolve("tokenizer.json")));
    } catch (IOException e) {
      throw new ModelFormatException(path + ": cannot be read: " + e.getMessage(), e);
    }
    for (SafetensorsFile file : weights.files()) {
      fingerprint.add(file.headerBytes());
      fingerprint.addLength(file.fileBytes());
    }
    tensors.forEach(tensor -> fingerprint.addSample(tensor.data()));
    return fingerprint.hex();
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      arena.close();
    }
  }
}

package dev.ebb.engine.model;

import dev.ebb.engine.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mapped GGUF file. Source of the layout: the GGUF specification of the ggml project. */
final class GgufFile implements ModelFile {
  private static final String TEMPLATE = "tokenizer.chat_template";

  private final Path path;
  private final Arena arena;
  private final GgufHeader header;
  private final ModelConfig config;
  private final TokenizerSpec tokenizer;
  private final GgufTensors roles;
  private final List<Tensor> tensors;
  private final MemorySegment mapped;
  private boolean closed;

  private GgufFile(Path path, Arena arena, MemorySegment mapped) {
    this.path = path;
    this.arena = arena;
    this.mapped = mapped;
    String file = path.getFileName().toString();
    this.header = GgufHeader.read(
        file, mapped.asSlice(0, Math.min(mapped.byteSize(), Integer.MAX_VALUE)).asByteBuffer());
    GgufMetadata metadata = new GgufMetadata(header);
    refuseSplit(metadata);
    GgufTensorInfo.checkLayout(header, mapped.byteSize());
    this.roles = new GgufTensors(header, mapped);
    this.config = GgufConfig.read(metadata, roles.ropeDivisors());
    this.tokenizer = GgufTokenizer.read(metadata);
    this.tensors = roles.tensors();
    TensorPlan.check(file, config, tensors);
  }

  /**
   * Opens and validates.
   *
   * @throws ModelFormatException naming the field and the offset
   */
  static GgufFile open(Path path) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new GgufFile(
          path, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException e) {
      arena.close();
      throw new ModelFormatException(path + ": cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static void refuseSplit(GgufMetadata metadata) {
    if (metadata.integer("split.count", 0, Short.MAX_VALUE, 1) > 1) {
      throw metadata.wrong("split.count", "a model split over several files must be merged first");
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
    return header.metadata().get(TEMPLATE) instanceof String source ? Optional.of(source) : Optional.empty();
  }

  @Override
  public List<Tensor> tensors() {
    return tensors;
  }

  @Override
  public Map<String, Object> metadata() {
    return header.metadata();
  }

  @Override
  public synchronized String fingerprint() {
    Fingerprint fingerprint = new Fingerprint();
    fingerprint.add(mapped.asSlice(0, header.end()));
    fingerprint.addLength(mapped.byteSize());
    roles.data().forEach(fingerprint::addSample);
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

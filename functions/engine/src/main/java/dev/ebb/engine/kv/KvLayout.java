package dev.ebb.engine.kv;

import dev.ebb.engine.model.ModelConfig;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Shape of a KV block, block-first: {@code [layers][K, V][kvHeads][blockTokens][headDim]}; of {@link Type#I8} each head
 * has {@code [blockTokens][headDim]} bytes and then {@code [blockTokens]} scales as F16.
 *
 * @param blockTokens tokens of a block
 */
public record KvLayout(int layers, int kvHeads, int headDim, int blockTokens, Type type) {

  /** Tokens of a block, everywhere. */
  public static final int BLOCK_TOKENS = 16;

  /** Element types; order of {@code ebb_kv_type} in model.h. */
  public enum Type {
    F32(4, 0),
    F16(2, 0),
    /** Signed bytes, each times the scale of its token and head. */
    I8(1, 2);

    private final int bytes;
    private final int scaleBytes;

    Type(int bytes, int scaleBytes) {
      this.bytes = bytes;
      this.scaleBytes = scaleBytes;
    }

    /** Bytes of one element. */
    public int bytes() {
      return bytes;
    }

    /** Bytes beside the elements of one head of a token. */
    public int scaleBytes() {
      return scaleBytes;
    }

    /** As settings and file names have it: {@code f32}, {@code f16}, {@code i8}. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The type of that key. */
    public static Optional<Type> of(String key) {
      return Arrays.stream(values()).filter(type -> type.key().equals(key)).findFirst();
    }
  }

  /** The layout of a model's blocks. */
  public static KvLayout of(ModelConfig config, Type type) {
    return new KvLayout(config.layers(), config.kvHeads(), config.headDim(), BLOCK_TOKENS, type);
  }

  /** Bytes of one block, all layers. */
  public long blockBytes() {
    return 2L * layers * kvHeads * blockTokens * ((long) headDim * type.bytes() + type.scaleBytes());
  }

  /** A short text that two processes compare before they share an arena. */
  public String fingerprint() {
    return "block-first/" + layers + "x2x" + kvHeads + "x" + blockTokens + "x" + headDim + "/" + type;
  }
}

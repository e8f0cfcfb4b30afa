package dev.ebb.engine.kv;

import dev.ebb.engine.model.ModelConfig;

/**
 * Shape of a KV block, block-first: {@code [layers][K, V][kvHeads][blockTokens][headDim]}.
 *
 * @param blockTokens tokens of a block
 */
public record KvLayout(int layers, int kvHeads, int headDim, int blockTokens, Type type) {

  /** Tokens of a block, everywhere. */
  public static final int BLOCK_TOKENS = 16;

  /** Element types; order of {@code ebb_kv_type} in model.h. */
  public enum Type {
    F32(4),
    F16(2);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    public int bytes() {
      return bytes;
    }
  }

  /** The layout of a model's blocks. */
  public static KvLayout of(ModelConfig config, Type type) {
    return new KvLayout(config.layers(), config.kvHeads(), config.headDim(), BLOCK_TOKENS, type);
  }

  /** Bytes of one block, all layers. */
  public long blockBytes() {
    return 2L * layers * kvHeads * blockTokens * headDim * type.bytes();
  }

  /** A short text that two processes compare before they share an arena. */
  public String fingerprint() {
    return "block-first/" + layers + "x2x" + kvHeads + "x" + blockTokens + "x" + headDim + "/" + type;
  }
}

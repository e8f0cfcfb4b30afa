package dev.ebb.engine.kv;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Key of a full block: SHA-256 over the canonical CBOR of {@code [parent, [token ids], [model
 * fingerprint, cache salt]]}, where {@code parent} is the previous block's key as a byte string, or
 * null for the first block. Equal keys mean equal keys and values for all tokens up to the block's
 * end. The idea of the chained key and of CBOR for it is vLLM's {@code sha256_cbor}.
 *
 * <p>Held as four big-endian words, so that it compares without looking at arrays.
 */
public record BlockHash(long word0, long word1, long word2, long word3) {

  /** Bytes of a key. */
  public static final int BYTES = 32;

  /**
   * Keys of all full blocks of a token sequence, in order.
   *
   * @param salt cache salt; empty for none
   */
  public static List<BlockHash> chain(int[] tokens, String modelFingerprint, String salt) {
    List<BlockHash> chain = new ArrayList<>(tokens.length / KvLayout.BLOCK_TOKENS);
    BlockHash parent = null;
    for (int end = KvLayout.BLOCK_TOKENS; end <= tokens.length; end += KvLayout.BLOCK_TOKENS) {
      parent = next(parent, tokens, end - KvLayout.BLOCK_TOKENS, modelFingerprint, salt);
      chain.add(parent);
    }
    return chain;
  }

  /**
   * Key of one block.
   *
   * @param parent key of the block before it; null for the first
   * @param from index of its first token
   */
  public static BlockHash next(BlockHash parent, int[] tokens, int from, String modelFingerprint, String salt) {
    return run(parent, tokens, from, KvLayout.BLOCK_TOKENS, modelFingerprint, salt);
  }

  /**
   * Key of the {@code count} tokens that follow a block: a block's own where they fill one, else, with the chain behind
   * {@code parent}, that of a prompt that ends within a block.
   *
   * @param count from 0 to a whole block
   */
  public static BlockHash run(BlockHash parent, int[] tokens, int from, int count, String modelFingerprint,
      String salt) {
    CanonicalCbor cbor = new CanonicalCbor().array(3);
    if (parent == null) {
      cbor.nothing();
    } else {
      cbor.bytes(parent.toBytes());
    }
    cbor.array(count);
    for (int i = 0; i < count; i++) {
      cbor.integer(tokens[from + i]);
    }
    cbor.array(2).text(modelFingerprint).text(salt);
    return of(sha256(cbor.toBytes()));
  }

  private static byte[] sha256(byte[] input) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(input);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static BlockHash of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new BlockHash(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
  }

  /**
   * Reads the form that {@link #hex()} writes.
   *
   * @throws IllegalArgumentException when it is not 64 hexadecimal digits
   */
  public static BlockHash parse(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a block hash has 64 hexadecimal digits, got " + hex.length());
    }
    return of(bytes);
  }

  /** The 32 bytes. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(BYTES).putLong(word0).putLong(word1).putLong(word2).putLong(word3).array();
  }

  /** 64 lower-case hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(toBytes());
  }

  @Override
  public String toString() {
    return hex();
  }
}

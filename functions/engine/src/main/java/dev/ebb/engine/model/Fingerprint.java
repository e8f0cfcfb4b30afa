package dev.ebb.engine.model;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 over what identifies a model's weights cheaply: headers, file lengths and a sample of
 * every tensor. The samples tell apart fine-tunes of one model, whose headers can be equal byte for
 * byte and which can differ in a few roles or layers alone. A model of 300 tensors costs 230 kB.
 */
public final class Fingerprint {
  private static final int SLICE_BYTES = 256;
  private static final int SLICES = 3;

  private final MessageDigest digest;

  public Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Adds bytes. */
  public void add(MemorySegment bytes) {
    digest.update(bytes.asByteBuffer());
  }

  /** Adds bytes. */
  public void add(byte[] bytes) {
    digest.update(bytes);
  }

  /** Adds a file's length. */
  public void addLength(long fileBytes) {
    digest.update(ByteBuffer.allocate(8).putLong(0, fileBytes));
  }

  /** Adds the first, the middle and the last bytes of a tensor's data; all of them where they are few. */
  public void addSample(MemorySegment data) {
    long bytes = data.byteSize();
    if (bytes <= SLICES * SLICE_BYTES) {
      add(data);
      return;
    }
    add(data.asSlice(0, SLICE_BYTES));
    add(data.asSlice((bytes - SLICE_BYTES) / 2, SLICE_BYTES));
    add(data.asSlice(bytes - SLICE_BYTES, SLICE_BYTES));
  }

  /** The digest; ends the use of this object. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}

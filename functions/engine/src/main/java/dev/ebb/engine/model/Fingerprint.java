package dev.ebb.engine.model;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * SHA-256 over what identifies a model's weights cheaply: headers, file lengths and a sample of the
 * data. The sample tells apart fine-tunes of one model, whose headers can be equal byte for byte.
 */
public final class Fingerprint {
  private static final int SAMPLED_TENSORS = 32;
  private static final int SAMPLE_BYTES = 1024;

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

  /** Adds a file's length and a kibibyte from the middle of tensors spread evenly over it. */
  public void addFile(long fileBytes, List<Tensor> tensors) {
    digest.update(ByteBuffer.allocate(8).putLong(0, fileBytes));
    int step = Math.max(1, tensors.size() / SAMPLED_TENSORS);
    for (int i = 0; i < tensors.size(); i += step) {
      MemorySegment data = tensors.get(i).data();
      long length = Math.min(SAMPLE_BYTES, data.byteSize());
      add(data.asSlice((data.byteSize() - length) / 2, length));
    }
  }

  /** The digest; ends the use of this object. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}

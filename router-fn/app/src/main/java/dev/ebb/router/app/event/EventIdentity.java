package dev.ebb.router.app.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What makes an event the one that it is: source and id, which together no other has. All that an answer has to draw
 * is drawn from it, so that an event that is answered twice, by whichever replicas, is answered by the same event.
 */
record EventIdentity(String source, String id) {
  private static final int ID_BYTES = 16;

  /** One text for both; no source has a line break. */
  String key() {
    return source + "\n" + id;
  }

  /** Id of the answer, 32 hexadecimal digits. */
  String answerId() {
    return HexFormat.of().formatHex(digest(), 0, ID_BYTES);
  }

  /** Seed of the answer's random numbers, where the event asks for none. */
  long seed() {
    return ByteBuffer.wrap(digest()).getLong(ID_BYTES);
  }

  private byte[] digest() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key().getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

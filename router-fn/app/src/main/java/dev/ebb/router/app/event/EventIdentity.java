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

  /** One text for both, as short as others of however long ones. */
  String key() {
    return HexFormat.of().formatHex(digest());
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
      // Neither should have a line break; of those that have, the length says where the first ends.
      boolean odd = source.indexOf('\n') >= 0 || id.indexOf('\n') >= 0;
      String both = (odd ? source.length() + "\n" : "") + source + "\n" + id;
      return MessageDigest.getInstance("SHA-256").digest(both.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

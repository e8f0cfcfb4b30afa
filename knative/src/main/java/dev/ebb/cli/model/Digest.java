package dev.ebb.cli.model;

import dev.ebb.cli.CliException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of files. */
public final class Digest {
  private static final int BUFFER_BYTES = 1 << 20;

  private Digest() {}

  /** The digest of a file, in lower-case hex. */
  public static String of(Path file) throws IOException {
    MessageDigest digest = sha256();
    addFile(digest, file);
    return hex(digest);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static void addFile(MessageDigest digest, Path file) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Compares, and deletes a file that came out wrong.
   *
   * @throws CliException when the digests differ
   */
  static void check(Path file, String expected, String actual, String origin) throws IOException {
    if (expected.equalsIgnoreCase(actual)) {
      return;
    }
    Files.deleteIfExists(file);
    throw new CliException(
        origin + " arrived damaged (SHA-256 " + actual + ", not " + expected + "); it was thrown away, pull it again");
  }
}

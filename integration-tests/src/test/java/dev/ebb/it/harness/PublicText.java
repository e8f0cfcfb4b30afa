package dev.ebb.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * "Alice's Adventures in Wonderland", a public-domain English text of 148,480 bytes that travels as
 * test data in the source package of {@code brotli} on PyPI. Fetched by package name, checked by
 * digest; carriage returns and the trailing end-of-file mark are taken out.
 */
public final class PublicText {
  private static final String MEMBER = "Brotli-1.1.0/tests/testdata/alice29.txt";

  private PublicText() {}

  /** The text as llama.cpp's tools read it from a file: without its last line feed. */
  public static synchronized String get(String sha256) {
    try {
      Path file = Workspace.target("text").resolve("alice.txt");
      if (!Files.exists(file)) {
        fetch(file);
      }
      byte[] bytes = Files.readAllBytes(file);
      String actual = digest(bytes);
      if (!actual.equals(sha256)) {
        throw new IllegalStateException(file + " has SHA-256 " + actual + ", expected " + sha256);
      }
      return new String(bytes, 0, bytes.length - 1, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void fetch(Path file) throws IOException {
    Path folder = file.getParent();
    String requirements = Workspace.resource("text/requirements.txt").toString();
    Command.run(300, List.of(PythonVenv.python().toString(), "-m", "pip", "download", "-q", "--no-deps",
        "--no-binary", ":all:", "--require-hashes", "-r", requirements, "-d", folder.toString())).expectSuccess();
    Command.run(60, List.of("tar", "xzf", folder.resolve("Brotli-1.1.0.tar.gz").toString(),
        "-C", folder.toString(), MEMBER)).expectSuccess();
    String text = Files.readString(folder.resolve(MEMBER), StandardCharsets.US_ASCII);
    Files.writeString(file, text.replace("\r", "").replace("\u001a", ""));
  }

  /** Hex SHA-256. */
  public static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

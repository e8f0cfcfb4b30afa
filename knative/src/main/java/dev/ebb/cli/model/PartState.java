package dev.ebb.cli.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** What is known of a file that is half here: validator, digest and size, kept beside it for the next run. */
final class PartState {
  private final Path file;
  private Properties values = new Properties();

  PartState(Path file) {
    this.file = file;
  }

  /** Whether there is a half file that can be gone on with. */
  boolean load() throws IOException {
    values = new Properties();
    if (Files.exists(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        values.load(in);
      }
    }
    return !etag().isEmpty();
  }

  void save(String etag, String sha256, long total) throws IOException {
    values.setProperty("etag", etag);
    values.setProperty("sha256", sha256);
    values.setProperty("total", Long.toString(total));
    try (OutputStream out = Files.newOutputStream(file)) {
      values.store(out, null);
    }
  }

  void forget() throws IOException {
    values = new Properties();
    Files.deleteIfExists(file);
  }

  String etag() {
    return values.getProperty("etag", "");
  }

  String sha256() {
    return values.getProperty("sha256", "");
  }

  /** Bytes of the whole file, -1 when not known. */
  long total() {
    return Long.parseLong(values.getProperty("total", "-1"));
  }
}

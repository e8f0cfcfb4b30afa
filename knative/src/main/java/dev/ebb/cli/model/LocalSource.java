package dev.ebb.cli.model;

import dev.ebb.cli.term.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** A model file on this machine, copied into the cache. */
final class LocalSource implements ModelSource {
  private static final int BUFFER_BYTES = 1 << 20;

  private final String id;
  private final Path file;

  LocalSource(String id, Path file) {
    this.id = id;
    this.file = file;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String origin() {
    return file.toString();
  }

  /** By digest, since a file that was put back or copied over may keep its size and an old time. */
  @Override
  public boolean isChangedSince(CachedModel there) throws IOException {
    return Files.size(file) != there.bytes() || !Digest.of(file).equals(there.sha256());
  }

  @Override
  public Fetched fetch(Path partial, Progress progress) throws IOException {
    ModelCache.delete(partial);
    Files.createDirectories(partial);
    long bytes = Files.size(file);
    FreeSpace.check(partial, bytes);
    Path target = partial.resolve("model.gguf");
    progress.begin(id, bytes);
    try {
      return new Fetched(target, copy(target, progress));
    } catch (IOException e) {
      ModelCache.delete(partial);
      throw FreeSpace.explain(e, partial.getParent(), bytes);
    } finally {
      progress.end();
    }
  }

  private String copy(Path target, Progress progress) throws IOException {
    MessageDigest digest = Digest.sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    long done = 0;
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = Files.newOutputStream(target)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
        digest.update(buffer, 0, count);
        done += count;
        progress.at(done);
      }
    }
    return Digest.hex(digest);
  }
}

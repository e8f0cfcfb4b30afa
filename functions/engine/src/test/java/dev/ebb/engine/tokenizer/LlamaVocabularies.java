package dev.ebb.engine.tokenizer;

import dev.ebb.engine.model.RealModel;
import dev.ebb.engine.model.VocabularyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Vocabularies with test vectors that llama.cpp's authors publish: the npm package node-llama-cpp
 * carries them in a git bundle, the PyPI source package llama-cpp-python as files. They are fetched
 * once, by package name, and kept beside the model cache.
 */
final class LlamaVocabularies {
  static final List<String> NAMES = List.of("gpt-2", "llama-bpe", "qwen2", "llama-spm");

  private static final String NPM_PACKAGE = "node-llama-cpp@3.22.1";
  private static final String PYPI_PACKAGE = "llama-cpp-python==0.3.36";
  private static final List<String> SUFFIXES = List.of(".gguf", ".gguf.inp", ".gguf.out");

  private static final Map<String, TokenizerSpec> SPECS = new ConcurrentHashMap<>();

  private LlamaVocabularies() {}

  /** A text and the ids that it must give. */
  record Case(String text, String ids) {}

  static synchronized Path file(String name) {
    Path folder = RealModel.cache().resolve(".test-vocabularies");
    try {
      if (!Files.isDirectory(folder)) {
        fetch(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder.resolve("ggml-vocab-" + name + ".gguf");
  }

  static TokenizerSpec spec(String name) {
    return SPECS.computeIfAbsent(name, n -> VocabularyFile.read(file(n)));
  }

  static List<Case> cases(String name) {
    try {
      String[] texts =
          Files.readString(Path.of(file(name) + ".inp")).split("\n__ggml_vocab_test__\n", -1);
      List<String> ids = Files.readAllLines(Path.of(file(name) + ".out"));
      return Stream.iterate(0, i -> i < ids.size(), i -> i + 1)
          .map(i -> new Case(texts[i], ids.get(i).strip()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void fetch(Path folder) throws IOException {
    Files.createDirectories(folder.getParent());
    Path work = Files.createTempDirectory(folder.getParent(), ".fetching-");
    try {
      Path models = onPath("npm") && onPath("git") ? byNpm(work) : byPip(work);
      Path complete = Files.createDirectory(work.resolve("complete"));
      for (String name : NAMES) {
        for (String suffix : SUFFIXES) {
          String file = "ggml-vocab-" + name + suffix;
          Files.copy(models.resolve(file), complete.resolve(file));
        }
      }
      Files.move(complete, folder, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      try (Stream<Path> all = Files.walk(work)) {
        all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }

  private static Path byNpm(Path work) throws IOException {
    run(work, "npm", "pack", "--silent", NPM_PACKAGE);
    run(work, "sh", "-c", "tar xzf node-llama-cpp-*.tgz package/llama/gitRelease.bundle");
    run(work, "git", "clone", "--quiet", "package/llama/gitRelease.bundle", "llama");
    return work.resolve("llama/models");
  }

  private static Path byPip(Path work) throws IOException {
    if (!onPath("python3")) {
      throw new IllegalStateException(
          "the tokenizer's test vectors need npm and git, or python3 with pip: run scripts/bootstrap.sh first");
    }
    run(work, "python3", "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", PYPI_PACKAGE);
    run(work, "sh", "-c", "tar xzf llama_cpp_python-*.tar.gz --strip-components=1");
    return work.resolve("vendor/llama.cpp/models");
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static void run(Path work, String... command) throws IOException {
    Path log = work.resolve("log");
    Process process =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(String.join(" ", command) + " failed:\n" + Files.readString(log));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}

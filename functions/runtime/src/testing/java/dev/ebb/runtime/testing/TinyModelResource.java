package dev.ebb.runtime.testing;

import dev.ebb.testmodel.TinyModel;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Serves {@link TinyModel} as model {@value #MODEL} by the reference backend, its arena in the build folder. */
public final class TinyModelResource implements QuarkusTestResourceLifecycleManager {
  /** The model's id. */
  public static final String MODEL = "tiny";

  private Path folder;

  @Override
  public Map<String, String> start() {
    try {
      folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "tiny-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path model = folder.resolve("tiny.gguf");
    TinyModel.write(model);
    Map<String, String> config = new HashMap<>();
    config.put("ebb.model.id", MODEL);
    config.put("ebb.model.path", model.toAbsolutePath().toString());
    config.put("ebb.arena.dir", folder.resolve("arena").toAbsolutePath().toString());
    config.put("ebb.backend", "reference");
    config.put("ebb.threads", "1");
    config.put("ebb.kv.tokens", "16384");
    config.put("ebb.node", "node-a");
    config.put("quarkus.http.test-port", "0");
    return config;
  }

  @Override
  public void stop() {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

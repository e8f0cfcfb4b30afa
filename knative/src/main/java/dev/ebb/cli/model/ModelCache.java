package dev.ebb.cli.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.cli.CliException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder of models: {@code <id>.gguf} or the folder {@code <id>/}, and beside each {@code <id>.json} with its
 * origin and digest. What has its final name is complete; all else lies in {@code .partial/<id>/}.
 */
public final class ModelCache {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  public ModelCache(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  /** The model of that id, if it is here. */
  public Optional<CachedModel> find(String id) {
    return Stream.of(file(id), folder.resolve(id))
        .filter(Files::exists)
        .findFirst()
        .map(path -> describe(id, path));
  }

  /** All models, by id. */
  public List<CachedModel> list() {
    List<CachedModel> models = new ArrayList<>();
    for (Path path : entries(folder)) {
      String name = path.getFileName().toString();
      if (!name.startsWith(".") && (name.endsWith(".gguf") || Files.isDirectory(path))) {
        models.add(describe(name.replaceFirst("\\.gguf$", ""), path));
      }
    }
    models.sort(Comparator.comparing(CachedModel::id));
    return models;
  }

  /** Removes a model, and what is left of an unfinished pull of it. */
  public void remove(String id) throws IOException {
    try (CacheLock lock = lock(id, () -> {})) {
      delete(file(id));
      delete(folder.resolve(id));
      delete(partial(id));
      delete(sidecar(id));
    }
  }

  /** Waits for any other process that pulls this model; {@code waiting} runs when there is one. */
  CacheLock lock(String id, Runnable waiting) throws IOException {
    return CacheLock.take(Files.createDirectories(folder.resolve(".locks")).resolve(id), waiting);
  }

  /** Where an unfinished pull keeps its bytes; on the same file system as the final name. */
  Path partial(String id) throws IOException {
    return folder.resolve(".partial").resolve(id);
  }

  /** The same, for a pull from {@code origin}: what a pull from elsewhere left there is of no use to it. */
  Path begin(String id, String origin) throws IOException {
    Path partial = partial(id);
    Path note = partial.resolve("origin");
    if (!Files.exists(note) || !Files.readString(note).equals(origin)) {
      delete(partial);
      Files.createDirectories(partial);
      Files.writeString(note, origin);
    }
    return partial;
  }

  /**
   * Gives a complete file or folder its final name, in one step, and takes the place of what had the name: a file or
   * folder from elsewhere, or one that was damaged. Who has that one open keeps it.
   */
  CachedModel publish(String id, Path complete, String origin, String sha256) throws IOException {
    boolean isFolder = Files.isDirectory(complete);
    Path target = isFolder ? folder.resolve(id) : file(id);
    // Whoever is killed on the way must not leave a note that gives the one the other's origin: the next would believe
    // it. Of one origin no other form can be there.
    Optional<CachedModel> before = find(id).filter(one -> !one.origin().isEmpty() && !one.origin().equals(origin));
    if (before.isPresent()) {
      note(id, before.get().origin() + ", half replaced by " + origin, "");
    } else {
      note(id, origin, sha256);
    }
    if (isFolder) {
      // A folder that is not empty cannot be moved over.
      putAside(id, target);
    }
    move(complete, target);
    if (before.isPresent()) {
      putAside(id, isFolder ? file(id) : folder.resolve(id));
      note(id, origin, sha256);
    }
    delete(partial(id));
    return describe(id, target);
  }

  /** Out of sight in one step, as it would otherwise be seen half deleted; it goes with the partial folder. */
  private void putAside(String id, Path old) throws IOException {
    if (Files.exists(old)) {
      Path aside = partial(id).resolve("replaced");
      delete(aside);
      move(old, aside);
    }
  }

  private void note(String id, String origin, String sha256) throws IOException {
    ObjectNode about = JSON.createObjectNode().put("id", id).put("origin", origin).put("sha256", sha256);
    Path whole = partial(id).resolve("about.json");
    Files.write(whole, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(about));
    move(whole, sidecar(id));
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new CliException("cannot move " + from + " to " + to + " in one step", e);
    }
  }

  static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> below = Files.walk(path)) {
      for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  private Path file(String id) {
    return folder.resolve(id + ".gguf");
  }

  private Path sidecar(String id) {
    return folder.resolve(id + ".json");
  }

  private CachedModel describe(String id, Path path) {
    try {
      Path sidecar = sidecar(id);
      ObjectNode about =
          Files.exists(sidecar) ? (ObjectNode) JSON.readTree(Files.readAllBytes(sidecar)) : JSON.createObjectNode();
      return new CachedModel(
          id, path, about.path("origin").asText(""), bytes(path), about.path("sha256").asText(""));
    } catch (IOException | ClassCastException e) {
      throw new CliException(sidecar(id) + " cannot be read; remove it: " + e.getMessage(), e);
    }
  }

  private static long bytes(Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      return Files.size(path);
    }
    try (Stream<Path> below = Files.walk(path)) {
      return below.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static List<Path> entries(Path folder) {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    } catch (NotDirectoryException e) {
      throw new CliException(folder + " is no folder; set EBB_HOME to one", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

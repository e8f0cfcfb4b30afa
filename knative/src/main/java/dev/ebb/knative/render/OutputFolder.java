package dev.ebb.knative.render;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of rendered files, one object each. It lists its files in {@code .ebb-render}, so that what an earlier
 * rendering left can be taken away and what somebody else put there is never touched.
 */
public final class OutputFolder {
  static final String LIST = ".ebb-render";

  private final Path folder;

  public OutputFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes the objects, made anew or in place of an earlier rendering.
   *
   * @throws IOException also when the folder holds anything that no earlier rendering wrote
   */
  public void write(List<Manifest> manifests) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IOException(folder + " is a file; name a folder with -o");
    }
    make();
    Set<String> earlier = earlier();
    refuseForeign(earlier);
    Set<String> names = manifests.stream().map(Manifest::fileName).collect(Collectors.toCollection(TreeSet::new));
    Set<String> all = new TreeSet<>(earlier);
    all.addAll(names);
    // First a list of old and new ones, so that a rendering that is cut off can be repeated.
    list(all);
    for (Manifest manifest : manifests) {
      Files.writeString(folder.resolve(manifest.fileName()), Rendering.NOTE + manifest.text());
    }
    for (String name : earlier) {
      if (!names.contains(name)) {
        Files.deleteIfExists(folder.resolve(name));
      }
    }
    list(names);
  }

  private void make() throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileSystemException e) {
      String why = e instanceof AccessDeniedException ? "permission denied"
          : e instanceof FileAlreadyExistsException ? e.getFile() + " is a file" : "there it can be made by nobody";
      throw new IOException("cannot make the folder " + folder + " (" + why + "); name another with -o", e);
    }
    if (!Files.isWritable(folder)) {
      throw new IOException("the folder " + folder + " cannot be written; name another with -o");
    }
  }

  /** Names alone: a list that was tampered with must not lead out of the folder. */
  private Set<String> earlier() throws IOException {
    Path list = folder.resolve(LIST);
    return Files.exists(list)
        ? Files.readAllLines(list).stream().filter(name -> name.matches("[0-9]{2}-[a-z0-9.-]+\\.yaml"))
            .collect(Collectors.toCollection(TreeSet::new))
        : new TreeSet<>();
  }

  private void refuseForeign(Set<String> earlier) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> foreign = files.map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(LIST) && !earlier.contains(name)).sorted().toList();
      if (!foreign.isEmpty()) {
        throw new IOException(folder + " holds files that ebb render did not write (" + foreign.getFirst()
            + (foreign.size() > 1 ? " and " + (foreign.size() - 1) + " more" : "")
            + "); name an empty folder with -o, or move them away");
      }
    }
  }

  private void list(Set<String> names) throws IOException {
    Files.writeString(folder.resolve(LIST), String.join("\n", names) + "\n");
  }
}

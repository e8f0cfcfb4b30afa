package dev.ebb.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The archive from which a JVM takes its classes at a start ({@code -XX:AOTCache}). It is valid for one JVM and one
 * class path, by paths and times, so it is made inside the image's own root and tried there.
 */
final class StartArchive {
  static final String PATH = Program.APP + "/app.aot";
  /** A JVM that cannot use the archive ends instead of starting slowly. */
  static final List<String> USE = List.of("-XX:AOTCache=" + PATH, "-XX:AOTMode=on");
  /** In a mount namespace of its own, so that nothing stays mounted. */
  private static final String ENTER =
      "mount --rbind /proc \"$0/proc\" && mount --rbind /dev \"$0/dev\" && exec chroot \"$0\" \"$@\"";

  private StartArchive() {}

  /** Makes the archive of the program whose files are {@code layers}; its file. */
  static Path make(Program program, List<Layer> layers, Path root) throws IOException, InterruptedException {
    assemble(layers, root);
    start(program, List.of("-XX:AOTCacheOutput=" + PATH, "-Xlog:aot=error"), root);
    Path archive = root.resolve(PATH.substring(1));
    if (!Files.exists(archive)) {
      throw new IOException("the JVM of " + program.name() + " ended well and left no " + PATH);
    }
    start(program, USE, root);
    return archive;
  }

  private static void assemble(List<Layer> layers, Path root) throws IOException, InterruptedException {
    Folders.fresh(root);
    for (Layer layer : layers) {
      Path to = root.resolve(layer.to().substring(1));
      Files.createDirectories(to);
      // Hard links: the same bytes, times and modes as in the layer.
      Exec.run(List.of("cp", "-al", layer.folder() + "/.", to.toString()));
    }
  }

  private static void start(Program program, List<String> archive, Path root)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
    if (!System.getProperty("user.name").equals("root")) {
      command.add("--map-root-user");
    }
    command.addAll(List.of("sh", "-c", ENTER, root.toString()));
    command.addAll(program.command(archive));
    command.addAll(program.training().arguments());
    Map<String, String> environment = new TreeMap<>(program.environment());
    environment.putAll(program.training().environment());
    environment.merge("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", (java, system) -> java + ":" + system);
    Exec.run(command, environment, program.training().exit());
  }
}

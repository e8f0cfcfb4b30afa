package dev.ebb.images;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

/** Writes an image as an OCI archive, which {@code ctr images import} reads. */
final class Archive {
  /** Modes have no room for the set-user-ID bits, so no file of an image can have them. */
  private static final FilePermissions READ = FilePermissions.fromOctalString("644");
  private static final FilePermissions RUN = FilePermissions.fromOctalString("755");
  private static final FilePermissions ALL = FilePermissions.fromOctalString("777");
  private static final String OWNER = Program.USER + ":" + Program.USER;

  private Archive() {}

  /** The digest of the image that is written to {@code to}. */
  static String write(Program program, List<Layer> layers, Options options, Path to)
      throws IOException, InterruptedException {
    try {
      JibContainerBuilder image = Jib.fromScratch();
      for (Layer layer : layers) {
        image.addFileEntriesLayer(entries(layer));
      }
      configure(image, program, options);
      // Never of an earlier image: Jib knows a layer again by paths and times, and here all times are the same.
      Path cache = options.work().resolve("cache");
      Folders.fresh(cache);
      JibContainer container = image.containerize(Containerizer.to(TarImage.at(to)
          .named(options.reference(program.name()))).setOfflineMode(true).setBaseImageLayersCache(cache)
          .setApplicationLayersCache(cache).setToolName("ebb-images"));
      return container.getDigest().toString();
    } catch (InvalidImageReferenceException e) {
      throw new IllegalArgumentException("--prefix and --tag make " + options.reference(program.name())
          + ", which is no image's name", e);
    } catch (RegistryException | CacheDirectoryCreationException | ExecutionException e) {
      throw new IOException("cannot write " + to + ": " + e.getMessage(), e);
    }
  }

  private static void configure(JibContainerBuilder image, Program program, Options options) {
    image.setFormat(ImageFormat.OCI).setPlatforms(Set.of(new com.google.cloud.tools.jib.api.buildplan.Platform(
            "amd64", "linux")))
        .setUser(OWNER).setWorkingDirectory(AbsoluteUnixPath.get(Program.APP))
        .setEntrypoint(program.command(StartArchive.USE)).setEnvironment(program.environment())
        .setLabels(labels(program, options)).setCreationTime(options.created());
    program.ports().forEach(port -> image.addExposedPort(Port.tcp(port)));
  }

  static Map<String, String> labels(Program program, Options options) {
    Map<String, String> labels = new TreeMap<>();
    Map.of("title", "ebb-" + program.name(), "description", program.title(), "version", options.version(),
        "revision", options.revision(), "created", options.created().toString(), "licenses", "Apache-2.0",
        "vendor", "Ebb").forEach((key, value) -> labels.put("org.opencontainers.image." + key, value));
    return labels;
  }

  private static FileEntriesLayer entries(Layer layer) throws IOException {
    FileEntriesLayer.Builder entries = FileEntriesLayer.builder().setName(layer.name());
    for (Path path : Folders.below(layer.folder())) {
      String place = (layer.to().equals("/") ? "" : layer.to()) + "/" + layer.folder().relativize(path);
      entries.addEntry(path, AbsoluteUnixPath.get(place), mode(path, place), Folders.TIME, owner(place));
    }
    return entries.build();
  }

  private static FilePermissions mode(Path path, String place) {
    if (place.equals("/tmp")) {
      return ALL;
    }
    return Files.isDirectory(path) || Files.isExecutable(path) ? RUN : READ;
  }

  private static String owner(String place) {
    return place.equals(Program.ARENA) ? OWNER : "0:0";
  }
}

package dev.ebb.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An archive, read as those who import it do: index, manifest, configuration, layers. */
record ImageFile(Path folder, JsonNode index, JsonNode manifest, JsonNode config) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Unpacks the archive into a folder below {@code work}, its layers not yet. */
  static ImageFile open(Path tar, Path work) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(work.resolve(tar.getFileName() + ".d"));
    Exec.run(List.of("tar", "-xf", tar.toString(), "-C", folder.toString()));
    JsonNode index = MAPPER.readTree(folder.resolve("index.json").toFile());
    JsonNode manifest = blob(folder, index.at("/manifests/0/digest"));
    return new ImageFile(folder, index, manifest, blob(folder, manifest.at("/config/digest")));
  }

  List<String> layerDigests() {
    List<String> digests = new ArrayList<>();
    manifest.get("layers").forEach(layer -> digests.add(layer.get("digest").asText()));
    return digests;
  }

  /** One line a file, as {@code tar} lists them: mode, owner, size, time, name. */
  List<String> listing() throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    for (String digest : layerDigests()) {
      lines.addAll(Exec.run(List.of("tar", "-tzvf", path(folder, digest).toString(), "--numeric-owner",
          "--warning=no-unknown-keyword",
          "--full-time", "--utc")).lines().toList());
    }
    return lines;
  }

  /** Puts the layers on one another, with owners, modes and times; needs root. */
  Path unpack() throws IOException, InterruptedException {
    Path root = Files.createDirectories(folder.resolve("root"));
    for (String digest : layerDigests()) {
      Exec.run(List.of("tar", "--warning=no-unknown-keyword", "-xpzf",
          path(folder, digest).toString(), "--numeric-owner", "-C", root.toString()));
    }
    return root;
  }

  List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    config.at("/config/" + field).forEach(one -> texts.add(one.asText()));
    return texts;
  }

  private static JsonNode blob(Path folder, JsonNode digest) throws IOException {
    return MAPPER.readTree(path(folder, digest.asText()).toFile());
  }

  private static Path path(Path folder, String digest) {
    return folder.resolve("blobs").resolve(digest.replace(':', '/'));
  }
}

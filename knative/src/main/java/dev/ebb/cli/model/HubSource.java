package dev.ebb.cli.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ebb.cli.CliException;
import dev.ebb.cli.term.Progress;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A model on a hub: one GGUF file, or a repository's safetensors with what belongs to them. */
final class HubSource implements ModelSource {
  private static final List<String> FOLDER_FILES = List.of("config.json", "tokenizer.json", "tokenizer_config.json");
  /** A repository may do without these, and then its other files say as much. */
  private static final List<String> OPTIONAL_FILES = List.of("chat_template.jinja", "generation_config.json");
  private static final String INDEX = "model.safetensors.index.json";

  private final String id;
  private final ModelRef.Hub ref;
  private final Hub hub;

  HubSource(String id, ModelRef.Hub ref, Hub hub) {
    this.id = id;
    this.ref = ref;
    this.hub = hub;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String origin() {
    return ref.toString();
  }

  @Override
  public Fetched fetch(Path partial, Progress progress) throws IOException, InterruptedException {
    refuseSplit();
    Files.createDirectories(partial);
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build()) {
      if (ref.file().isEmpty()) {
        return folder(http, partial, progress);
      }
      Path target = partial.resolve("model.gguf");
      return new Fetched(target, file(http, ref.file(), partial, target, progress));
    }
  }

  private Fetched folder(HttpClient http, Path partial, Progress progress) throws IOException, InterruptedException {
    Path target = Files.createDirectories(partial.resolve("model"));
    for (String name : FOLDER_FILES) {
      file(http, name, partial, target.resolve(name), progress);
    }
    for (String name : OPTIONAL_FILES) {
      fileIfThere(http, name, partial, target.resolve(name), progress);
    }
    for (String name : weights(http, partial, target, progress)) {
      file(http, name, partial, target.resolve(name), progress);
    }
    return new Fetched(target, "");
  }

  /** Names of the weight files: what the index lists, or the one file of a small model. */
  private List<String> weights(HttpClient http, Path partial, Path target, Progress progress)
      throws IOException, InterruptedException {
    if (!fileIfThere(http, INDEX, partial, target.resolve(INDEX), progress)) {
      return List.of("model.safetensors");
    }
    JsonNode map = new ObjectMapper().readTree(Files.readAllBytes(target.resolve(INDEX))).path("weight_map");
    TreeSet<String> names = new TreeSet<>();
    map.forEach(name -> names.add(name.asText()));
    if (names.isEmpty() || names.stream().anyMatch(name -> !name.matches("[\\w.-]+"))) {
      throw new CliException(ref + "/" + INDEX + " lists no weight files; the repository is damaged");
    }
    return new ArrayList<>(names);
  }

  /** A file that is complete already, from an earlier attempt at the same model, is not fetched again. */
  private String file(HttpClient http, String name, Path partial, Path target, Progress progress)
      throws IOException, InterruptedException {
    if (Files.exists(target)) {
      return Digest.of(target);
    }
    return new HubDownload(hub, http, ref.repository(), name, partial).to(target, progress);
  }

  private boolean fileIfThere(HttpClient http, String name, Path partial, Path target, Progress progress)
      throws IOException, InterruptedException {
    return Files.exists(target)
        || new HubDownload(hub, http, ref.repository(), name, partial).toIfThere(target, progress);
  }

  private void refuseSplit() {
    if (ref.file().matches(".*-\\d{5}-of-\\d{5}\\.gguf")) {
      throw new CliException(ref + " is one part of a split GGUF file, which cannot be read; name a file in one piece"
          + ", or merge the parts with llama-gguf-split --merge and pull the result by its path");
    }
    if (!ref.file().isEmpty() && !ref.file().endsWith(".gguf")) {
      throw new CliException(ref + " is no GGUF file; name a .gguf file, or hf://" + ref.repository()
          + " for its safetensors");
    }
  }
}

package dev.ebb.router.app.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.events.EventJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sampling that a model asks for when the caller says nothing, by parameter name. A Hugging Face folder says it in
 * {@code generation_config.json}, a GGUF file in {@code general.sampling.*}; most files say nothing, and then the
 * API's own defaults hold.
 */
public record SamplingDefaults(Map<String, Double> values) {
  private static final Map<String, String> GGUF_KEYS =
      Map.of(
          "temperature", "general.sampling.temp",
          "top_p", "general.sampling.top_p",
          "top_k", "general.sampling.top_k",
          "min_p", "general.sampling.min_p");
  private static final String[] FOLDER_KEYS = {"temperature", "top_p", "top_k", "min_p", "repetition_penalty"};

  /** The model's own default of a parameter, where it has one. */
  public Optional<Double> get(String parameter) {
    return Optional.ofNullable(values.get(parameter));
  }

  /**
   * @throws IOException when {@code generation_config.json} exists and cannot be read
   */
  static SamplingDefaults of(ModelFile file) throws IOException {
    Path folder = file.path().resolve("generation_config.json");
    Map<String, Double> values = new HashMap<>();
    if (Files.isRegularFile(folder)) {
      JsonNode config = EventJson.MAPPER.readTree(folder.toFile());
      for (String key : FOLDER_KEYS) {
        if (config.path(key).isNumber()) {
          values.put(key, config.path(key).doubleValue());
        }
      }
    } else {
      Map<String, Object> metadata = file.metadata();
      GGUF_KEYS.forEach(
          (parameter, key) -> {
            if (metadata.get(key) instanceof Number number) {
              values.put(parameter, number.doubleValue());
            }
          });
    }
    return new SamplingDefaults(Map.copyOf(values));
  }
}

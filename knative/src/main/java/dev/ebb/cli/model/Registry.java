package dev.ebb.cli.model;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** The models that have a short name, from the resource {@code models.json}. */
public final class Registry {
  /** The model that runs when none is named. */
  public static final String DEFAULT_ID = "smollm2-135m-instruct";

  private final List<KnownModel> models;

  private Registry(List<KnownModel> models) {
    this.models = models;
  }

  /** Reads the registry that the command carries. */
  public static Registry load() {
    try (InputStream in = Registry.class.getResourceAsStream("/dev/ebb/cli/models.json")) {
      return new Registry(new ObjectMapper().readValue(in, new TypeReference<List<KnownModel>>() {}));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<KnownModel> find(String id) {
    return models.stream().filter(model -> model.id().equalsIgnoreCase(id)).findFirst();
  }

  /** All short names. */
  public List<String> ids() {
    return models.stream().map(KnownModel::id).toList();
  }

  /** The digest that a model's file must have, where the registry knows it. */
  public Optional<String> sha256(String id) {
    return find(id).map(KnownModel::sha256);
  }

  /** The sampling that suits a model; nothing of it for one that is not here. */
  public Sampling sampling(String id) {
    return find(id).map(KnownModel::sampling).orElse(Sampling.NONE);
  }

  /** What a short name stands for, for display. */
  public String about(String id) {
    return find(id).map(KnownModel::about).orElse("");
  }
}

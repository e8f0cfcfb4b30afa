package dev.ebb.knative.config;

import java.util.Map;
import java.util.Optional;

/**
 * Where the images are.
 *
 * @param named whole names of single parts
 * @param pullSecret Secret with the registry's credentials
 */
public record Images(Optional<String> registry, Optional<String> tag, Map<Part, String> named,
    Optional<String> pullSecret) {

  /** What has an image of its own. */
  public enum Part {
    ROUTER, PREFILL, DECODE, CLI, BATCH;

    /** As a key of {@code images} and in an image's name. */
    public String key() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Keeps the names in the parts' order. */
  public Images {
    named = named.isEmpty() ? Map.of() : java.util.Collections.unmodifiableMap(new java.util.EnumMap<>(named));
  }

  /** Whether {@link #of} has an answer. */
  public boolean has(Part part) {
    return named.containsKey(part) || registry.isPresent() && tag.isPresent();
  }

  /** The image of a part: its own name, else the registry's {@code ebb-PART:TAG}. */
  public String of(Part part) {
    String own = named.get(part);
    return own != null ? own : registry.orElseThrow() + "/ebb-" + part.key() + ":" + tag.orElseThrow();
  }
}

package dev.ebb.nativecore;

import dev.ebb.engine.backend.BackendProvider;
import java.util.List;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;

/** The backends as the engine finds them. */
final class Backends {
  private Backends() {}

  /** Every provider that can run here; {@code reference} always does. */
  static List<BackendProvider> available() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(Provider::get)
        .filter(provider -> provider.availability().available())
        .toList();
  }

  static BackendProvider named(String name) {
    return available().stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("backend " + name + " cannot run here"));
  }
}

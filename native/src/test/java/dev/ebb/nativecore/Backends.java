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

  /** The CUDA backend: on a device where the library has it and there is one, else on the emulator. */
  static String cuda() {
    return available().stream().map(BackendProvider::name).filter("cuda"::equals).findFirst().orElse("cuda-emulated");
  }

  static BackendProvider named(String name) {
    return available().stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("backend " + name + " cannot run here"));
  }
}

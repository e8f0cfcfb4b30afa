package dev.ebb.cli;

import dev.ebb.engine.backend.BackendProvider;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The backends of this distribution, whether or not they can run here. */
public final class Backends {
  /** Taken where nobody chose; is where the library is, and need not be loaded twice to know it. */
  public static final String USUAL = "cpu";

  private Backends() {}

  /** All of them. */
  public static List<BackendProvider> known() {
    return ServiceLoader.load(BackendProvider.class).stream().map(ServiceLoader.Provider::get).toList();
  }

  /** That of a name. */
  public static Optional<BackendProvider> named(String name, List<BackendProvider> known) {
    return known.stream().filter(provider -> provider.name().equals(name)).findFirst();
  }

  /** Their names, for a message. */
  public static String names(List<BackendProvider> known) {
    return known.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
  }
}

package dev.ebb.it.harness;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BackendProvider;
import java.util.ServiceLoader;

/** Backends by name, for tests that run one in their own JVM. */
public final class Backends {
  private Backends() {}

  /** Opens a backend; fails when there is none of that name. */
  public static Backend open(String name, int threads) {
    for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
      if (provider.name().equals(name)) {
        return provider.open(threads);
      }
    }
    throw new IllegalStateException("no backend provider " + name + " on the class path");
  }
}

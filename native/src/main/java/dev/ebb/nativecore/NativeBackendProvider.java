package dev.ebb.nativecore;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BackendProvider;
import dev.ebb.engine.kv.KvLayout;

/** Makes backends of the native table; a subclass names one of them. */
abstract class NativeBackendProvider implements BackendProvider {
  private final String name;
  private final KvLayout.Type kvType;

  NativeBackendProvider(String name, KvLayout.Type kvType) {
    this.name = name;
    this.kvType = kvType;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Availability availability() {
    try {
      NativeLibrary.load();
      return new Availability(true, NativeBindings.describe(name));
    } catch (BackendException e) {
      return new Availability(false, e.getMessage());
    }
  }

  @Override
  public final Backend open(int threads) {
    NativeLibrary.load();
    return new NativeBackend(name, kvType, threads);
  }
}

package dev.ebb.nativecore;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BackendException.Reason;
import dev.ebb.engine.backend.BackendProvider;
import dev.ebb.engine.kv.KvLayout;
import java.util.List;

/** Makes backends of the native table; a subclass names one of them. */
abstract class NativeBackendProvider implements BackendProvider {
  private final String name;
  private final List<KvLayout.Type> kvTypes;

  /** {@code kvTypes}: the usual one first. */
  NativeBackendProvider(String name, KvLayout.Type... kvTypes) {
    this.name = name;
    this.kvTypes = List.of(kvTypes);
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
  public final List<KvLayout.Type> kvTypes() {
    return kvTypes;
  }

  @Override
  public final Backend open(int threads, KvLayout.Type kvType) {
    if (!kvTypes.contains(kvType)) {
      throw new BackendException(Reason.UNSUPPORTED,
          "backend " + name + " keeps keys and values as " + kvTypes + ", not as " + kvType);
    }
    NativeLibrary.load();
    return new NativeBackend(name, kvType, threads);
  }
}

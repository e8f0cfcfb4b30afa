package dev.ebb.nativecore;

import dev.ebb.engine.kv.KvLayout;

/** The {@code reference} backend: plain C++ in float, slow, the definition of truth. */
public final class ReferenceBackendProvider extends NativeBackendProvider {
  public ReferenceBackendProvider() {
    super("reference", KvLayout.Type.F32, KvLayout.Type.F16, KvLayout.Type.I8);
  }
}

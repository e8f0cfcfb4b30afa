package dev.ebb.nativecore;

import dev.ebb.engine.kv.KvLayout;

/** The {@code cpu} backend: vector instructions chosen at run time, several threads. */
public final class CpuBackendProvider extends NativeBackendProvider {
  public CpuBackendProvider() {
    super("cpu", KvLayout.Type.F16, KvLayout.Type.F32);
  }
}

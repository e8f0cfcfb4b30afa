package dev.ebb.nativecore;

import dev.ebb.engine.kv.KvLayout;

/** The {@code cuda} backend: NVIDIA GPUs from sm_80 on, where nvcc built the library. Never run on a GPU yet. */
public final class CudaBackendProvider extends NativeBackendProvider {
  public CudaBackendProvider() {
    super("cuda", KvLayout.Type.F16, KvLayout.Type.I8);
  }
}

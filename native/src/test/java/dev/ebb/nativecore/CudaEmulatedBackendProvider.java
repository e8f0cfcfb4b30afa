package dev.ebb.nativecore;

import dev.ebb.engine.kv.KvLayout;

/** The CUDA kernels on an emulator, for tests: only {@code libebb_emulated.so} has it, which is never shipped. */
public final class CudaEmulatedBackendProvider extends NativeBackendProvider {
  public CudaEmulatedBackendProvider() {
    super("cuda-emulated", KvLayout.Type.F16, KvLayout.Type.I8);
  }
}

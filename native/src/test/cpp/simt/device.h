// CUDA's words for g++: what a .cu file may say outside cuda/isa.cuh.
#ifndef EBB_SIMT_DEVICE_H
#define EBB_SIMT_DEVICE_H

#include <cmath>
#include <cstdint>

#include "simt/machine.h"

#define __global__
#define __device__
#define __host__
#define __constant__ static const
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __restrict__ __restrict

// A static shared array: the same storage for all threads of a CTA.
#define EBB_SHARED(type, name, count)                                        \
  static const char name##_key = 0;                                          \
  type *const name = static_cast<type *>(simt::Machine::get().shared().declare( \
      &name##_key, sizeof(type) * (count), alignof(type) < 16 ? 16 : alignof(type)))
// The dynamic shared memory of the launch, aligned to 128 bytes.
#define EBB_DYNAMIC_SHARED(name) \
  unsigned char *const name = static_cast<unsigned char *>(simt::Machine::get().shared().dynamic())

#define EBB_UNROLL(times)

#define threadIdx (simt::Machine::get().thread_index())
#define blockIdx (simt::Machine::get().block_index())
#define blockDim (simt::Machine::get().shape().block)
#define gridDim (simt::Machine::get().shape().grid)

struct alignas(8) uint2 {
  unsigned x, y;
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};

#endif  // EBB_SIMT_DEVICE_H

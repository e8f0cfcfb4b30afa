// Sums over a warp and a CTA in a fixed order.
#ifndef EBB_CUDA_REDUCE_CUH
#define EBB_CUDA_REDUCE_CUH

#include "cuda/isa.cuh"

namespace ebb::cuda {

// The same sum in every lane: a butterfly over lanes 16, 8, 4, 2, 1 apart.
__device__ __forceinline__ float warp_sum(float value) {
  for (int apart = 16; apart > 0; apart /= 2) value += isa::shuffle_xor(value, apart);
  return value;
}

__device__ __forceinline__ float warp_max(float value) {
  for (int apart = 16; apart > 0; apart /= 2) value = fmaxf(value, isa::shuffle_xor(value, apart));
  return value;
}

// The same sum in every thread of a CTA of kWarps warps; `scratch` holds kWarps floats of
// shared memory, and may be used again after the next barrier.
template <int kWarps>
__device__ __forceinline__ float cta_sum(float value, float *scratch) {
  value = warp_sum(value);
  if (isa::lane() == 0) scratch[threadIdx.x / 32] = value;
  isa::sync_threads();
  float sum = 0;
  for (int warp = 0; warp < kWarps; ++warp) sum += scratch[warp];
  return sum;
}

// The same, of the greatest value.
template <int kWarps>
__device__ __forceinline__ float cta_max(float value, float *scratch) {
  value = warp_max(value);
  if (isa::lane() == 0) scratch[threadIdx.x / 32] = value;
  isa::sync_threads();
  float greatest = scratch[0];
  for (int warp = 1; warp < kWarps; ++warp) greatest = fmaxf(greatest, scratch[warp]);
  return greatest;
}

}  // namespace ebb::cuda

#endif  // EBB_CUDA_REDUCE_CUH

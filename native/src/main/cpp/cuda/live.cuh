// Launches that are made for more rows than a step has: a CUDA graph keeps the sizes that the host named when it was
// captured, so kernels read from device memory how much of them is there.
#ifndef EBB_CUDA_LIVE_CUH
#define EBB_CUDA_LIVE_CUH

#include "cuda/isa.cuh"

namespace ebb::cuda {

// How many of the `most` that a launch was made for are there: *live, or all of them where `live` is NULL.
template <typename Count>
__device__ __forceinline__ Count live_of(const int32_t *live, Count most) {
  return live == nullptr ? most : static_cast<Count>(*live);
}

// Whether a row of a launch is padding, which is neither read nor written.
__device__ __forceinline__ bool is_padding(const int32_t *live, int64_t row) {
  return live != nullptr && row >= *live;
}

}  // namespace ebb::cuda

#endif  // EBB_CUDA_LIVE_CUH

#include "simt/wrong_kernels/kept.h"

#include "cuda/launch.cuh"
#include "cuda/live.cuh"

namespace simt::wrong {
namespace {

using namespace ebb;

__global__ void add_one_kernel(const int32_t *from, int32_t *to, int32_t count, const int32_t *live) {
  const auto mine = static_cast<int32_t>(threadIdx.x);
  if (mine < cuda::live_of(live, count)) to[mine] = from[mine] + 1;
}

}  // namespace

void add_one(const int32_t *from, int32_t *to, int32_t count, const int32_t *live, ebb::cuda::Stream stream) {
  EBB_LAUNCH(add_one_kernel, (cuda::Shape{1, 1, 1, 64}), stream, from, to, count, live);
}

}  // namespace simt::wrong

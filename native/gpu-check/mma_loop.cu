#include "cuda/isa.cuh"
#include "cuda/launch.cuh"
#include "tensor_loop.h"

namespace ebb::gpu_check {
namespace {

__global__ void __launch_bounds__(kMmaLoopThreads) mma_loop_kernel(TensorLoop loop) {
  const auto place = static_cast<uint32_t>(threadIdx.x * kMmaLoopWords);
  uint32_t a[4], b[2];
  for (uint32_t i = 0; i < 4; ++i) a[i] = mixed_halves(place + i);
  for (uint32_t i = 0; i < 2; ++i) b[i] = mixed_halves(place + 4 + i);
  float c[kMmaLoopChains][4];
  for (int chain = 0; chain < kMmaLoopChains; ++chain) c[chain][0] = c[chain][1] = c[chain][2] = c[chain][3] = 0;
  EBB_UNROLL(1)
  for (int round = 0; round < loop.rounds; ++round) {
    for (int chain = 0; chain < kMmaLoopChains; ++chain) isa::mma_half(c[chain], a, b);
  }
  float sum = 0;
  for (int chain = 0; chain < kMmaLoopChains; ++chain) sum += c[chain][0] + c[chain][1] + c[chain][2] + c[chain][3];
  loop.out[static_cast<int64_t>(blockIdx.x) * kMmaLoopThreads + threadIdx.x] = sum;
}

}  // namespace

void mma_loop(const TensorLoop &loop, cuda::Stream stream) {
  EBB_LAUNCH(mma_loop_kernel, (cuda::Shape{static_cast<unsigned>(loop.ctas), 1, 1, kMmaLoopThreads}), stream, loop);
}

}  // namespace ebb::gpu_check

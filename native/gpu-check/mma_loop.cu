#include "cuda/isa.cuh"
#include "cuda/launch.cuh"
#include "tensor_loop.h"

namespace ebb::gpu_check {
namespace {

// The numbers differ from lane to lane: with all alike a device would draw less power and run faster than it can.
__global__ void __launch_bounds__(kMmaLoopThreads) mma_loop_kernel(TensorLoop loop) {
  const float value = 1.0f + static_cast<float>(isa::lane()) / 1024;
  const uint32_t pair = isa::pack_half(value, value);
  const uint32_t a[4] = {pair, pair, pair, pair};
  const uint32_t b[2] = {pair, pair};
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

void mma_loop(const TensorLoop &loop) {
  EBB_LAUNCH(mma_loop_kernel, (cuda::Shape{static_cast<unsigned>(loop.ctas), 1, 1, kMmaLoopThreads}), nullptr, loop);
}

}  // namespace ebb::gpu_check

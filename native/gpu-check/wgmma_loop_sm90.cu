#include "cuda/isa.cuh"
#include "cuda/isa_sm90.cuh"
#include "cuda/launch.cuh"
#include "tensor_loop.h"

namespace ebb::gpu_check {
namespace {

constexpr int kTileBytes = 16 * 128;  // [16][64] F16

// One operand from registers: two from shared memory would wait for it.
__global__ void __launch_bounds__(kWgmmaLoopThreads, 4) wgmma_loop_kernel(TensorLoop loop) {
  EBB_DYNAMIC_SHARED(tile);
  const int chunk = static_cast<int>(threadIdx.x);
  const auto place = static_cast<uint32_t>(threadIdx.x * kWgmmaLoopWords);
  isa::store_16_shared(tile + chunk * 16, {mixed_halves(place), mixed_halves(place + 1), mixed_halves(place + 2),
                                           mixed_halves(place + 3)});
  isa::fence_async();
  isa::sync_threads();
  uint32_t a[4];
  for (uint32_t i = 0; i < 4; ++i) a[i] = mixed_halves(place + 4 + i);
  const uint64_t b = isa::matrix_descriptor(tile);
  float c[8][4];
  for (int j = 0; j < 8; ++j) c[j][0] = c[j][1] = c[j][2] = c[j][3] = 0;
  EBB_UNROLL(1)
  for (int round = 0; round < loop.rounds; ++round) {
    isa::wgmma_fence();
    for (int i = 0; i < kWgmmaLoopEach; ++i) isa::wgmma_registers(c, a, b);
    isa::wgmma_commit();
    isa::wgmma_wait<0>();
    isa::wgmma_settled(c);
  }
  float sum = 0;
  for (int j = 0; j < 8; ++j) sum += c[j][0] + c[j][1] + c[j][2] + c[j][3];
  loop.out[static_cast<int64_t>(blockIdx.x) * kWgmmaLoopThreads + threadIdx.x] = sum;
}

}  // namespace

void wgmma_loop(const TensorLoop &loop, cuda::Stream stream) {
  static_assert(kTileBytes == kWgmmaLoopThreads * 16);
  const cuda::Shape shape{static_cast<unsigned>(loop.ctas), 1, 1, kWgmmaLoopThreads, kTileBytes};
  EBB_LAUNCH(wgmma_loop_kernel, shape, stream, loop);
}

}  // namespace ebb::gpu_check

// Products on tensor cores with nothing to wait for: how fast they can be at most.
#ifndef EBB_GPU_CHECK_TENSOR_LOOP_H
#define EBB_GPU_CHECK_TENSOR_LOOP_H

#include <cstdint>

namespace ebb::gpu_check {

// F16 in, float sums; BF16 has the same rate. `out` gets each thread's sums added: threads * ctas floats.
struct TensorLoop {
  int32_t ctas;
  int32_t rounds;
  float *out;
};

constexpr int kMmaLoopThreads = 256;
constexpr int kMmaLoopChains = 8;  // products of a warp that do not wait for one another
constexpr double kMmaLoopOperations = kMmaLoopThreads / 32 * kMmaLoopChains * 2.0 * 16 * 8 * 16;  // a round of a CTA
void mma_loop(const TensorLoop &loop);

// Of sm_90a only.
constexpr int kWgmmaLoopThreads = 128;
constexpr int kWgmmaLoopEach = 8;
constexpr double kWgmmaLoopOperations = kWgmmaLoopEach * 2.0 * 64 * 64 * 16;
void wgmma_loop(const TensorLoop &loop);

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_TENSOR_LOOP_H

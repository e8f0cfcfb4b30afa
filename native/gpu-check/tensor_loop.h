// Products on tensor cores with nothing to wait for: how fast they can be at most.
#ifndef EBB_GPU_CHECK_TENSOR_LOOP_H
#define EBB_GPU_CHECK_TENSOR_LOOP_H

#include <cstdint>

#include "cuda/ops.h"

namespace ebb::gpu_check {

// F16 in, float sums; BF16 has the same rate. The numbers differ from one another: alike ones let a device draw less
// power and run faster than it can on any work. `out` gets each thread's sums added: threads * ctas floats.
struct TensorLoop {
  int32_t ctas;
  int32_t rounds;
  float *out;
};

// Two F16 numbers of +-[0.5, 1), without a pattern from place to place: the finishing steps of MurmurHash3 by Austin
// Appleby. A thread's operands have the places behind one another.
constexpr uint32_t mixed_halves(uint32_t place) {
  uint32_t bits = place + 1;
  bits = (bits ^ (bits >> 16)) * 0x85EBCA6Bu;
  bits = (bits ^ (bits >> 13)) * 0xC2B2AE35u;
  bits ^= bits >> 16;
  return (bits & 0x83FF83FFu) | 0x38003800u;
}

// 4 words of the left operand, 2 of the right one.
constexpr int kMmaLoopWords = 6;
constexpr int kMmaLoopThreads = 256;
constexpr int kMmaLoopChains = 8;  // products of a warp that do not wait for one another
constexpr double kMmaLoopOperations = kMmaLoopThreads / 32 * kMmaLoopChains * 2.0 * 16 * 8 * 16;  // a round of a CTA
void mma_loop(const TensorLoop &loop, cuda::Stream stream);

// Of sm_90a only. 4 words of the right operand, [16][64] that lie one thread behind the other, 4 of the left one.
constexpr int kWgmmaLoopWords = 8;
constexpr int kWgmmaLoopThreads = 128;
constexpr int kWgmmaLoopEach = 8;
constexpr double kWgmmaLoopOperations = kWgmmaLoopEach * 2.0 * 64 * 64 * 16;
void wgmma_loop(const TensorLoop &loop, cuda::Stream stream);

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_TENSOR_LOOP_H

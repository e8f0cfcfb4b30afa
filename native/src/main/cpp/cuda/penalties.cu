// Addends, ruled-out tokens and penalties on copies of rows of logits.
//
// A CTA takes 4,096 logits of a draw: copies them, then changes those that the draw's adjustments name.
// Bound by memory: 8 bytes a logit.
#include <cmath>

#include "cuda/isa.cuh"
#include "cuda/launch.cuh"

namespace ebb::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int64_t kLogits = 4096;
constexpr float kGreatest = 3.402823466e38f;

// As the engine does it (dev.ebb.engine.sampling.Penalties): each operation rounds.
__device__ __forceinline__ float penalised(float logit, int32_t count, const ebb_draw &draw) {
  const float repeated = logit > 0 ? logit / draw.repetition_penalty : logit * draw.repetition_penalty;
  const float frequent = repeated - draw.frequency_penalty * static_cast<float>(count);
  const float present = count > 0 ? frequent - draw.presence_penalty : frequent;
  // No penalty makes a finite logit infinite.
  if (!(fabsf(logit) <= kGreatest)) return present;
  return fminf(fmaxf(present, -kGreatest), kGreatest);
}

__global__ void __launch_bounds__(kThreads) penalties_kernel(Sampling op) {
  const int32_t slot = op.adjusted_slots[blockIdx.y];
  if (slot < 0) return;  // the whole CTA
  const ebb_draw &draw = op.draws[blockIdx.y];
  const float *from = op.logits + draw.row * op.vocabulary;
  float *to = op.adjusted + slot * op.vocabulary;
  const int64_t begin = blockIdx.x * kLogits;
  const int64_t end = begin + kLogits < op.choosable ? begin + kLogits : op.choosable;
  for (int64_t i = begin + threadIdx.x; i < end; i += kThreads) to[i] = from[i];
  isa::sync_threads();
  for (int32_t i = static_cast<int32_t>(threadIdx.x); i < draw.adjustments; i += kThreads) {
    const ebb_adjustment &a = op.adjustments[draw.first_adjustment + i];
    if (a.token < begin || a.token >= end) continue;
    float logit = to[a.token] + a.addend;
    if ((a.flags & EBB_ADJUST_FORBID) != 0) logit = -INFINITY;
    if ((a.flags & EBB_ADJUST_SEEN) != 0) logit = penalised(logit, a.generated, draw);
    to[a.token] = logit;
  }
}

}  // namespace

void penalties(const Sampling &op, Stream stream) {
  if (op.count == 0) return;
  EBB_LAUNCH(penalties_kernel, (Shape{ceil_div(op.choosable, kLogits), static_cast<unsigned>(op.count), 1, kThreads}),
             stream, op);
}

}  // namespace ebb::cuda

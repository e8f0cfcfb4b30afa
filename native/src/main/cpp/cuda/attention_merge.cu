// Merges the splits of each row in rising order, divides by the sum of weights, and writes the
// row as the F16 that the output projection takes.
//
// A warp a row. Bound by memory: 4 bytes an element and split.
#include "cuda/attention_work.cuh"
#include "cuda/launch.cuh"
#include "cuda/live.cuh"

namespace ebb::cuda {
namespace {

constexpr int kWarps = 4;
constexpr int kEachMax = 8;  // elements of a lane: 256 / 32

__global__ void __launch_bounds__(kWarps * 32) attention_merge_kernel(Attention op) {
  const int64_t row = static_cast<int64_t>(blockIdx.x) * kWarps + threadIdx.x / 32;
  // Whole warps leave; no barrier follows.
  if (row >= static_cast<int64_t>(live_of(op.live_tokens, op.tokens)) * op.heads) return;
  const int n = op.layout.head_dim;
  const int lane = isa::lane();
  const int32_t position = op.positions[row / op.heads];
  const int32_t first = first_visible(op, position);
  const int32_t splits = position / kSplitPositions - first / kSplitPositions + 1;

  const int group = op.heads / op.layout.kv_heads;
  const int head = static_cast<int>(row % op.heads);
  const int64_t at = partial_row(op, head / group, row / op.heads, group, 0) + head % group;
  const float *from = op.partial + at * n;
  const float *scale = partial_scale(op, at);
  float greatest = scale[0];
  float sum = scale[1];
  float out[kEachMax];
  for (int j = 0; j < kEachMax; ++j) out[j] = j * 32 < n ? from[j * 32 + lane] : 0;
  const int64_t rows = static_cast<int64_t>(op.tokens) * op.heads;
  for (int32_t s = 1; s < splits; ++s) {
    from += rows * n;
    scale += rows * 2;
    const float both = fmaxf(greatest, scale[0]);
    const float before = isa::exp2(greatest - both);
    const float here = isa::exp2(scale[0] - both);
    sum = sum * before + scale[1] * here;
    for (int j = 0; j < kEachMax; ++j) {
      if (j * 32 < n) out[j] = out[j] * before + from[j * 32 + lane] * here;
    }
    greatest = both;
  }

  const int64_t width = static_cast<int64_t>(op.heads) * n;
  uint16_t *to = op.to + row / op.heads * padded(width) + row % op.heads * n;
  for (int j = 0; j < kEachMax; ++j) {
    if (j * 32 < n) to[j * 32 + lane] = isa::float_to_half(out[j] / sum);
  }
  // The last head of a token also clears the columns behind it.
  if (row % op.heads == op.heads - 1) {
    for (int64_t i = lane; i < padded(width) - width; i += 32) to[n + i] = 0;
  }
}

}  // namespace

void attention_merge(const Attention &op, Stream stream) {
  if (op.tokens == 0) return;
  const Shape shape{ceil_div(static_cast<int64_t>(op.tokens) * op.heads, kWarps), 1, 1, kWarps * 32};
  EBB_LAUNCH(attention_merge_kernel, shape, stream, op);
}

}  // namespace ebb::cuda

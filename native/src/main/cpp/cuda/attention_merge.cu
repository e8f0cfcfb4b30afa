// Merges the splits of each row in rising order, divides by the sum of weights, and writes the
// row as the F16 that the output projection takes.
//
// A warp a row. Bound by memory: 4 bytes an element and split.
#include "cuda/isa.cuh"
#include "cuda/launch.cuh"

namespace ebb::cuda {
namespace {

constexpr int kWarps = 4;
constexpr int kEachMax = 8;  // elements of a lane: 256 / 32

__global__ void __launch_bounds__(kWarps * 32) attention_merge_kernel(Attention op) {
  const int64_t row = static_cast<int64_t>(blockIdx.x) * kWarps + threadIdx.x / 32;
  if (row >= static_cast<int64_t>(op.tokens) * op.heads) return;  // the whole warp; no barrier follows
  const int n = op.layout.head_dim;
  const int lane = isa::lane();
  const int32_t position = op.positions[row / op.heads];
  const bool all = op.sliding_window == 0 || position < op.sliding_window;
  const int32_t first = all ? 0 : position - op.sliding_window + 1;
  const int32_t splits = position / kSplitPositions - first / kSplitPositions + 1;

  const float *from = op.partial + row * op.splits * (n + 2);
  float greatest = from[n];
  float sum = from[n + 1];
  float out[kEachMax];
  for (int j = 0; j < kEachMax; ++j) out[j] = j * 32 < n ? from[j * 32 + lane] : 0;
  for (int32_t s = 1; s < splits; ++s) {
    from += n + 2;
    const float both = fmaxf(greatest, from[n]);
    const float before = isa::exp2(greatest - both);
    const float here = isa::exp2(from[n] - both);
    sum = sum * before + from[n + 1] * here;
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

// RMSNorm of the residual stream into the F16 rows that products take, after what the branch before adds to it: joined
// here, no product waits for what it adds to.
//
// A CTA a row: thread i takes the four floats at 4 (i + 256 k). Bound by memory: 6 bytes an element, 14 with an
// addition.
#include "cuda/isa.cuh"
#include "cuda/launch.cuh"
#include "cuda/live.cuh"
#include "cuda/reduce.cuh"

namespace ebb::cuda {
namespace {

constexpr int kThreads = 256;

// Four floats of a row, zeros behind its end. Rows whose length is no multiple of four
// begin at any address, so those are read one by one.
__device__ __forceinline__ float4 load_four(const float *row, int64_t i, int64_t n) {
  if (n % 4 == 0) {
    if (i >= n) return {0, 0, 0, 0};
    const uint4 bits = isa::load_16(row + i);
    return {isa::to_float(bits.x), isa::to_float(bits.y), isa::to_float(bits.z), isa::to_float(bits.w)};
  }
  return {i < n ? row[i] : 0, i + 1 < n ? row[i + 1] : 0, i + 2 < n ? row[i + 2] : 0,
          i + 3 < n ? row[i + 3] : 0};
}

__device__ __forceinline__ void store_four(float *row, int64_t i, int64_t n, const float4 &v) {
  if (n % 4 == 0) {
    isa::store_16(row + i, {isa::to_bits(v.x), isa::to_bits(v.y), isa::to_bits(v.z), isa::to_bits(v.w)});
    return;
  }
  row[i] = v.x;
  if (i + 1 < n) row[i + 1] = v.y;
  if (i + 2 < n) row[i + 2] = v.z;
  if (i + 3 < n) row[i + 3] = v.w;
}

__global__ void __launch_bounds__(kThreads) rms_norm_kernel(RmsNorm op) {
  EBB_SHARED(float, partials, kThreads / 32);
  const int64_t row = blockIdx.x;
  if (is_padding(op.live, row)) return;
  const int64_t from = (op.index == nullptr ? row : op.index[row]) * op.n;
  float *x = op.x + from;
  uint16_t *to = op.to + row * padded(op.n);

  float squares = 0;
  for (int64_t i = threadIdx.x * 4; i < op.n; i += kThreads * 4) {
    float4 v = load_four(x, i, op.n);
    if (op.added != nullptr) {
      const float4 a = load_four(op.added + from, i, op.n);
      v = {v.x + a.x, v.y + a.y, v.z + a.z, v.w + a.w};
      store_four(x, i, op.n, v);  // this thread reads it again below
    }
    squares = isa::fma(v.x, v.x, squares);
    squares = isa::fma(v.y, v.y, squares);
    squares = isa::fma(v.z, v.z, squares);
    squares = isa::fma(v.w, v.w, squares);
  }
  const float mean = cta_sum<kThreads / 32>(squares, partials) / static_cast<float>(op.n);
  const float scale = 1.0f / sqrtf(mean + op.epsilon);

  for (int64_t i = threadIdx.x * 4; i < padded(op.n); i += kThreads * 4) {
    const float4 v = load_four(x, i, op.n);
    const float4 w = load_four(op.weight, i, op.n);
    isa::store_8(to + i, {isa::pack_half(v.x * scale * w.x, v.y * scale * w.y),
                          isa::pack_half(v.z * scale * w.z, v.w * scale * w.w)});
  }
}

}  // namespace

void rms_norm(const RmsNorm &op, Stream stream) {
  if (op.rows == 0) return;
  EBB_LAUNCH(rms_norm_kernel, (Shape{static_cast<unsigned>(op.rows), 1, 1, kThreads}), stream, op);
}

}  // namespace ebb::cuda

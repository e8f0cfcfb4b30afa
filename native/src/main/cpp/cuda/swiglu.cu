// silu(gate) * up into the F16 rows that the down projection takes.
//
// A CTA a row, a thread four columns at a time, twice: for the row's greatest value, then to
// write. The second pass reads from the cache. Bound by memory: 10 bytes an element.
#include "cuda/isa.cuh"
#include "cuda/launch.cuh"
#include "cuda/live.cuh"
#include "cuda/reduce.cuh"

namespace ebb::cuda {
namespace {

constexpr int kThreads = 256;
constexpr float kLog2E = 1.4426950408889634f;

__device__ __forceinline__ float gated(float gate, float up) {
  // Far below zero the exponential is infinite and the quotient 0, not NaN.
  return gate / (1.0f + isa::exp2(-gate * kLog2E)) * up;
}

__device__ __forceinline__ float gated_at(const float *gate, const float *up, int64_t i, int64_t n) {
  return i < n ? gated(gate[i], up[i]) : 0;
}

// Columns i .. i + 3; zeros behind the row's end.
__device__ __forceinline__ float4 gated_four(const float *gate, const float *up, int64_t i, int64_t n) {
  if (n % 4 != 0 || i >= n) {
    return {gated_at(gate, up, i, n), gated_at(gate, up, i + 1, n), gated_at(gate, up, i + 2, n),
            gated_at(gate, up, i + 3, n)};
  }
  const uint4 g = isa::load_16(gate + i);
  const uint4 u = isa::load_16(up + i);
  return {gated(isa::to_float(g.x), isa::to_float(u.x)), gated(isa::to_float(g.y), isa::to_float(u.y)),
          gated(isa::to_float(g.z), isa::to_float(u.z)), gated(isa::to_float(g.w), isa::to_float(u.w))};
}

// The power of two that brings `greatest` below 2^15; 1 where it is below already.
__device__ __forceinline__ float scale_for(float greatest) {
  const int exponent = static_cast<int>(isa::to_bits(greatest) >> 23);  // of a number that is not negative
  const int over = exponent - (127 + 14);
  return over <= 0 ? 1.0f : isa::to_float(static_cast<uint32_t>(127 + (over < 127 ? over : 127)) << 23);
}

__global__ void __launch_bounds__(kThreads) swiglu_kernel(Swiglu op) {
  EBB_SHARED(float, partials, kThreads / 32);
  const int64_t row = blockIdx.x;
  if (is_padding(op.live, row)) return;
  const float *gate = op.gate_up + row * 2 * op.n;
  const float *up = gate + op.n;
  float greatest = 0;
  for (int64_t i = threadIdx.x * 4; i < op.n; i += kThreads * 4) {
    const float4 v = gated_four(gate, up, i, op.n);
    greatest = fmaxf(fmaxf(greatest, fmaxf(fabsf(v.x), fabsf(v.y))), fmaxf(fabsf(v.z), fabsf(v.w)));
  }
  const float scale = scale_for(cta_max<kThreads / 32>(greatest, partials));
  const float inverse = 1.0f / scale;
  if (threadIdx.x == 0) op.scales[row] = scale;
  for (int64_t i = threadIdx.x * 4; i < padded(op.n); i += kThreads * 4) {
    const float4 v = gated_four(gate, up, i, op.n);
    isa::store_8(op.to + row * padded(op.n) + i,
                 {isa::pack_half(v.x * inverse, v.y * inverse), isa::pack_half(v.z * inverse, v.w * inverse)});
  }
}

}  // namespace

void swiglu(const Swiglu &op, Stream stream) {
  if (op.rows == 0) return;
  EBB_LAUNCH(swiglu_kernel, (Shape{static_cast<unsigned>(op.rows), 1, 1, kThreads}), stream, op);
}

}  // namespace ebb::cuda

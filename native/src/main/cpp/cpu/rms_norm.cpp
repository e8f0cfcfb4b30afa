// Root-mean-square norm of one row. Sixteen partial sums of squares, element i
// going to number i % 16 in rising order, folded in simd_reduce.inc's order.
#include "cpu/isa_kernels.h"
#include "cpu/simd.h"

namespace ebb::cpu::EBB_ISA {

void rms_norm(const float *x, const float *weight, int64_t n, float epsilon, float *y) {
  const int64_t whole = n / kLanes * kLanes;
  const int rest = static_cast<int>(n - whole);
  Floats sums = zero();
  for (int64_t i = 0; i < whole; i += kLanes) {
    const Floats a = load(x + i);
    sums = fma(a, a, sums);
  }
  if (rest > 0) {
    const Floats a = load_first(x + whole, rest);
    sums = fma(a, a, sums);
  }
  const float mean = reduce_add(sums) / static_cast<float>(n);
  const float root = _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(mean + epsilon)));
  const Floats scale = set1(1.0f / root);
  for (int64_t i = 0; i < whole; i += kLanes) {
    store(y + i, mul(mul(load(x + i), scale), load(weight + i)));
  }
  if (rest > 0) {
    const Floats scaled = mul(load_first(x + whole, rest), scale);
    store_first(y + whole, mul(scaled, load_first(weight + whole, rest)), rest);
  }
}

}  // namespace ebb::cpu::EBB_ISA

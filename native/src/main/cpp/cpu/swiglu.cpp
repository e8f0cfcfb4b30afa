// The gate of the feed-forward network: silu(gate) * up.
#include "cpu/isa_kernels.h"
#include "cpu/simd.h"

namespace ebb::cpu::EBB_ISA {
namespace {

EBB_INLINE Floats gated(Floats gate, Floats up) {
  const Floats one = set1(1.0f);
  return mul(div(gate, add(one, exp(sub(zero(), gate)))), up);
}

}  // namespace

void swiglu(const float *gate, const float *up, int64_t n, float *y) {
  const int64_t whole = n / kLanes * kLanes;
  for (int64_t i = 0; i < whole; i += kLanes) store(y + i, gated(load(gate + i), load(up + i)));
  if (whole < n) {
    const int rest = static_cast<int>(n - whole);
    store_first(y + whole, gated(load_first(gate + whole, rest), load_first(up + whole, rest)), rest);
  }
}

}  // namespace ebb::cpu::EBB_ISA

// Floats to halves, rounding to nearest, ties to even.
#include "cpu/isa_kernels.h"
#include "cpu/simd.h"

namespace ebb::cpu::EBB_ISA {

void to_f16(const float *x, int64_t n, uint16_t *y) {
  const int64_t whole = n / kLanes * kLanes;
  for (int64_t i = 0; i < whole; i += kLanes) store_f16(y + i, load(x + i));
  if (whole < n) {
    alignas(64) uint16_t last[kLanes];
    store_f16(last, load_first(x + whole, static_cast<int>(n - whole)));
    for (int64_t i = whole; i < n; ++i) y[i] = last[i - whole];
  }
}

}  // namespace ebb::cpu::EBB_ISA

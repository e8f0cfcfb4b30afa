// Floats to 16-bit codes with one step for each 32: step = max |x| / 32767.
//
// Sixteen bits keep the error of a dot product near 5e-5 of its size, where
// eight would make it near 1e-2.
#include "cpu/isa_kernels.h"
#include "cpu/simd.h"

namespace ebb::cpu::EBB_ISA {

void quantize(const float *x, int64_t blocks, uint8_t *tile, int tokens, int lane) {
  for (int64_t b = 0; b < blocks; ++b) {
    uint8_t *block = tile + static_cast<size_t>(b) * kActivationBlockBytes * static_cast<size_t>(tokens);
    const Floats low = load(x + b * kBlock);
    const Floats high = load(x + b * kBlock + kLanes);
    const float greatest = reduce_max(max(abs(low), abs(high)));
    // Below 1e-30 the quotient could overflow; such a block counts as zeros.
    const Floats inverse = set1(greatest > 1e-30f ? 32767.0f / greatest : 0.0f);
    const Ints low_codes = to_ints(mul(low, inverse));
    const Ints high_codes = to_ints(mul(high, inverse));
    uint8_t *codes = block + 64 * lane;
    store_s16(codes, low_codes);
    store_s16(codes + 32, high_codes);
    auto *steps = reinterpret_cast<float *>(block + 64 * tokens);
    const float step = greatest / 32767.0f;
    steps[lane] = step;
    steps[tokens + lane] = step * static_cast<float>(reduce_add(add(low_codes, high_codes)));
  }
}

}  // namespace ebb::cpu::EBB_ISA

// Sixteen floats side by side, in AVX-512 or in two AVX2 registers.
//
// Every file that includes this is compiled once for each instruction set (see
// sources.cmake), with EBB_ISA naming the namespace. An operation means the same
// in both, bit for bit, and so does every kernel made of them.
//
// Such files must not instantiate templates or inline functions of the standard
// library or of core/: the linker keeps one copy of those, and it could be the
// one compiled for a processor that is not there.
#ifndef EBB_CPU_SIMD_H
#define EBB_CPU_SIMD_H

#include <immintrin.h>

#include <cstdint>

#define EBB_INLINE static inline __attribute__((always_inline))

namespace ebb::cpu::EBB_ISA {

constexpr int kLanes = 16;

#if defined(__AVX512F__)
#include "cpu/simd_avx512.inc"
#else
#include "cpu/simd_avx2.inc"
#endif

// The first n lanes from memory, zero in the rest.
EBB_INLINE Floats load_first(const float *from, int n) {
  alignas(64) float all[kLanes] = {};
  for (int i = 0; i < n; ++i) all[i] = from[i];
  return load(all);
}

EBB_INLINE Floats load_f16_first(const uint16_t *from, int n) {
  alignas(64) uint16_t all[kLanes] = {};
  for (int i = 0; i < n; ++i) all[i] = from[i];
  return load_f16(all);
}

EBB_INLINE void store_first(float *to, Floats a, int n) {
  alignas(64) float all[kLanes];
  store(all, a);
  for (int i = 0; i < n; ++i) to[i] = all[i];
}

// e^x within 2 units in the last place; below -87.3 it stays at e^-87.3 and above
// 88.3 at e^88.3. x = n ln 2 + r with |r| <= ln 2 / 2; e^r by its Taylor series,
// whose first omitted term is below 6e-9.
EBB_INLINE Floats exp(Floats x) {
  x = min(max(x, set1(-87.3f)), set1(88.3f));
  const Floats n = round_even(mul(x, set1(1.44269504f)));
  Floats r = fma(n, set1(-0.693359375f), x);  // ln 2 in two parts: this one has 9 bits,
  r = fma(n, set1(2.12194440e-4f), r);        // so that n times it is exact
  Floats y = set1(1.0f / 5040);
  y = fma(y, r, set1(1.0f / 720));
  y = fma(y, r, set1(1.0f / 120));
  y = fma(y, r, set1(1.0f / 24));
  y = fma(y, r, set1(1.0f / 6));
  y = fma(y, r, set1(0.5f));
  y = fma(y, r, set1(1.0f));
  y = fma(y, r, set1(1.0f));
  return mul(y, power_of_two(n));
}

}  // namespace ebb::cpu::EBB_ISA

#endif  // EBB_CPU_SIMD_H

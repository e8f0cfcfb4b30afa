// Plain-float matrix times float activations: y[t][r] = fma(w[r][k], x[t][k], y),
// k rising from 0, so y[t][r] depends on row r and token t alone.
#include "cpu/isa_kernels.h"
#include "cpu/simd.h"

namespace ebb::cpu::EBB_ISA {
namespace {

template <Format kFormat>
EBB_INLINE Floats load_weights(const uint8_t *from) {
  if constexpr (kFormat == kFormatF32) return load(reinterpret_cast<const float *>(from));
  if constexpr (kFormat == kFormatF16) return load_f16(from);
  if constexpr (kFormat == kFormatBF16) return load_bf16(from);
}

template <Format kFormat, int Tokens>
void multiply(const MatmulCall &call) {
  constexpr int kStep = (kFormat == kFormatF32 ? 4 : 2) * kTileRows;
  const uint8_t *weights = call.weights;
  for (int64_t tile = 0; tile < call.tiles; ++tile) {
    const auto *x = static_cast<const float *>(call.input);
    Floats y[Tokens];
    for (Floats &sum : y) sum = zero();
#pragma GCC unroll 2
    for (int64_t k = 0; k < call.columns; ++k) {
      const Floats w = load_weights<kFormat>(weights);
#pragma GCC unroll 16
      for (int t = 0; t < Tokens; ++t) y[t] = fma(w, set1(x[t]), y[t]);
      weights += kStep;
      x += Tokens;
    }
#pragma GCC unroll 16
    for (int t = 0; t < Tokens; ++t) store(call.y + t * call.stride + tile * kTileRows, y[t]);
  }
}

template <Format kFormat, int Tokens = kTileTokens>
EBB_INLINE void multiply_any(const MatmulCall &call) {
  if (call.tokens == Tokens) {
    multiply<kFormat, Tokens>(call);
  } else if constexpr (Tokens > 1) {
    multiply_any<kFormat, Tokens - 1>(call);
  }
}

}  // namespace

void matmul_F32(const MatmulCall &call) { multiply_any<kFormatF32>(call); }
void matmul_F16(const MatmulCall &call) { multiply_any<kFormatF16>(call); }
void matmul_BF16(const MatmulCall &call) { multiply_any<kFormatBF16>(call); }

}  // namespace ebb::cpu::EBB_ISA

// Quantised matrix times quantised activations.
//
//   y[t][r] = sum over blocks b, in rising order:
//     fma(float(sum_k code_w[r][b][k] * code_x[t][b][k]) * step_w[r][b], step_x[t][b], y)
//     fma(offset_w[r][b], step_sum_x[t][b], y)          where the format has an offset
//
// The sums of products are whole numbers below 2^28 and therefore exact in any
// order; all else is fixed by the formula, so y[t][r] depends on row r and token
// t alone. Bound: one 512-bit multiply-accumulate for 16 rows x 2 columns x token
// when tokens are many, memory bandwidth of the weights when they are few.
#include "cpu/isa_kernels.h"
#include "cpu/simd.h"

namespace ebb::cpu::EBB_ISA {
namespace {

// Pair P of a block, widened to int16: even lanes the first column, odd the second.
template <Codes kCodes, int P>
EBB_INLINE Ints codes_of_pair(const uint8_t *block) {
  if constexpr (kCodes == Codes::kBytes) {
    return load_s8_as_s16(block + 32 * P);
  } else {
    const Ints low = and_s16(shift_right_s16<4 * (P % 4)>(load_ints(block + 64 * (P / 4))), 15);
    if constexpr (kCodes == Codes::kNibblesAndBit) {
      return or_masked_s16(low, shift_right_s16<P - 4>(load_ints(block + 256)), 0x10);
    } else if constexpr (kCodes == Codes::kNibblesAndTwoBits) {
      const Ints two_bits = load_ints(block + 256 + 64 * (P / 8));
      return or_masked_s16(low, shift_right_s16<2 * (P % 8) - 4>(two_bits), 0x30);
    } else {
      return low;
    }
  }
}

// Adds pairs P..End-1 to the sums. Chains only split a sum that is exact anyway:
// with few tokens there are otherwise too few additions that can overlap.
template <Format kFormat, int P, int End, int Tokens, int Chains>
EBB_INLINE void add_pairs(const uint8_t *block, const uint8_t *input, Ints (&sums)[Chains][Tokens]) {
  if constexpr (P < End) {
    constexpr Packing kPack = kPacking[kFormat];
    Ints codes = codes_of_pair<kPack.codes, P>(block);
    if constexpr (kPack.scales == Scales::kSuperSixteen) codes = sub_s16(codes, kPack.zero);
#pragma GCC unroll 16
    for (int t = 0; t < Tokens; ++t) {
      sums[P % Chains][t] =
          dot_pairs(sums[P % Chains][t], codes, broadcast_pair(input + 64 * t + 4 * P));
    }
    add_pairs<kFormat, P + 1, End, Tokens, Chains>(block, input, sums);
  }
}

struct Steps {
  Floats step;
  Floats offset;
};

// Step and offset of columns 16*half .. of a block; `header` is that of its super-block.
template <Format kFormat>
EBB_INLINE Steps steps_of(const uint8_t *header, const uint8_t *block, int half) {
  constexpr Packing kPack = kPacking[kFormat];
  const uint8_t *scales = block + kPack.code_bytes();
  if constexpr (kPack.scales == Scales::kHalf) {
    const Floats step = load_f16(scales);
    return {step, mul(step, set1(-static_cast<float>(kPack.zero)))};
  } else if constexpr (kPack.scales == Scales::kHalfAndMinimum) {
    return {load_f16(scales), load_f16(scales + 32)};
  } else if constexpr (kPack.scales == Scales::kSuper) {
    const Floats minimum = mul(load_f16(header + 32), load_u8(scales + 16));
    return {mul(load_f16(header), load_u8(scales)), sub(zero(), minimum)};
  } else {
    return {mul(load_f16(header), load_s8(scales + 16 * half)), zero()};
  }
}

template <Format kFormat, int Tokens>
EBB_INLINE void add_block(const uint8_t *header, const uint8_t *block, const uint8_t *input,
                          Floats (&y)[Tokens]) {
  constexpr Packing kPack = kPacking[kFormat];
  constexpr int kChains = Tokens >= 4 ? 1 : 4 / Tokens;
  constexpr int kParts = kPack.scales == Scales::kSuperSixteen ? 2 : 1;
  constexpr bool kOffset = kPack.scales == Scales::kHalfAndMinimum ||
                           kPack.scales == Scales::kSuper ||
                           (kPack.scales == Scales::kHalf && kPack.zero != 0);
  const auto *step_x = reinterpret_cast<const float *>(input + 64 * Tokens);
#pragma GCC unroll 2
  for (int part = 0; part < kParts; ++part) {
    Ints sums[kChains][Tokens];
    for (auto &chain : sums) {
      for (Ints &sum : chain) sum = zero_ints();
    }
    if (kParts == 1) {
      add_pairs<kFormat, 0, kPairs>(block, input, sums);
    } else if (part == 0) {
      add_pairs<kFormat, 0, kPairs / 2>(block, input, sums);
    } else {
      add_pairs<kFormat, kPairs / 2, kPairs>(block, input, sums);
    }
    const Steps w = steps_of<kFormat>(header, block, part);
#pragma GCC unroll 16
    for (int t = 0; t < Tokens; ++t) {
      Ints sum = sums[0][t];
      for (int chain = 1; chain < kChains; ++chain) sum = add(sum, sums[chain][t]);
      y[t] = fma(mul(to_floats(sum), w.step), set1(step_x[t]), y[t]);
      if constexpr (kOffset) y[t] = fma(w.offset, set1(step_x[Tokens + t]), y[t]);
    }
  }
}

template <Format kFormat, int Tokens>
void multiply(const MatmulCall &call) {
  constexpr Packing kPack = kPacking[kFormat];
  const int64_t blocks = call.columns / kBlock;
  const uint8_t *block = call.weights;
  for (int64_t tile = 0; tile < call.tiles; ++tile) {
    const auto *input = static_cast<const uint8_t *>(call.input);
    const uint8_t *header = block;
    Floats y[Tokens];
    for (Floats &sum : y) sum = zero();
    for (int64_t b = 0; b < blocks; ++b) {
      if (kPack.header_bytes() != 0 && b % kSuperBlocks == 0) {
        header = block;
        block += kPack.header_bytes();
      }
      add_block<kFormat, Tokens>(header, block, input, y);
      block += kPack.block_bytes();
      input += kActivationBlockBytes * Tokens;
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

#define EBB_MATMUL(name) \
  void matmul_##name(const MatmulCall &call) { multiply_any<kFormat##name>(call); }
EBB_MATMUL(Q4_0)
EBB_MATMUL(Q4_1)
EBB_MATMUL(Q5_0)
EBB_MATMUL(Q5_1)
EBB_MATMUL(Q8_0)
EBB_MATMUL(Q4_K)
EBB_MATMUL(Q5_K)
EBB_MATMUL(Q6_K)
#undef EBB_MATMUL

}  // namespace ebb::cpu::EBB_ISA

#include "core/codes.h"

#include <cstring>

#include "core/dequantize.h"

namespace ebb {
namespace {

float half_at(const uint8_t *p) {
  uint16_t bits;
  std::memcpy(&bits, p, 2);
  return f16_to_f32(bits);
}

int nibble_at(const uint8_t *nibbles, int i) { return i < 16 ? nibbles[i] & 15 : nibbles[i - 16] >> 4; }

// Blocks of 32: step, [minimum], [fifth bits], nibbles; `offset` is what a code stands above zero.
CodeBlock take_small(const uint8_t *block, bool minimum, bool fifth, int offset) {
  CodeBlock out = {};
  out.step[0] = out.step[1] = half_at(block);
  out.minimum = minimum ? half_at(block + 2) : 0;
  const uint8_t *bits = block + (minimum ? 4 : 2);
  const uint8_t *nibbles = bits + (fifth ? 4 : 0);
  for (int i = 0; i < 32; ++i) {
    const int high = fifth ? (bits[i / 8] >> (i % 8) & 1) << 4 : 0;
    out.codes[i] = static_cast<int8_t>((nibble_at(nibbles, i) | high) - offset);
  }
  return out;
}

CodeBlock take_q8_0(const uint8_t *block) {
  CodeBlock out = {};
  out.step[0] = out.step[1] = half_at(block);
  std::memcpy(out.codes, block + 2, 32);
  return out;
}

// Group `group` of a Q4_K or Q5_K super-block (core/dequantize.cpp draws it).
CodeBlock take_q4_q5_k(const uint8_t *super, bool fifth, int group) {
  const uint8_t *packed = super + 4;
  const int scale = group < 4 ? packed[group] & 63 : (packed[group + 4] & 15) | packed[group - 4] >> 6 << 4;
  const int minimum = group < 4 ? packed[group + 4] & 63 : packed[group + 4] >> 4 | packed[group] >> 6 << 4;
  const uint8_t *nibbles = super + (fifth ? 48 : 16) + group / 2 * 32;
  CodeBlock out = {};
  out.step[0] = out.step[1] = half_at(super) * static_cast<float>(scale);
  out.minimum = -(half_at(super + 2) * static_cast<float>(minimum));
  for (int i = 0; i < 32; ++i) {
    const int high = fifth ? (super[16 + i] >> group & 1) << 4 : 0;
    out.codes[i] = static_cast<int8_t>((nibbles[i] >> (group % 2 * 4) & 15) | high);
  }
  return out;
}

CodeBlock take_q6_k(const uint8_t *super, int group) {
  const int quarter = group % 4;
  const uint8_t *low = super + group / 4 * 64 + quarter % 2 * 32;
  const uint8_t *high = super + 128 + group / 4 * 32;
  CodeBlock out = {};
  for (int half = 0; half < 2; ++half) {
    out.step[half] = half_at(super + 208) * static_cast<float>(static_cast<int8_t>(super[192 + 2 * group + half]));
  }
  for (int i = 0; i < 32; ++i) {
    const int nibble = low[i] >> (quarter / 2 * 4) & 15;
    out.codes[i] = static_cast<int8_t>((nibble | (high[i] >> (2 * quarter) & 3) << 4) - 32);
  }
  return out;
}

}  // namespace

bool has_codes(ebb_type type) { return type_block_elements(type) > 1; }

CodeBlock take_codes(ebb_type type, const uint8_t *row, int64_t index) {
  const int64_t each = type_block_elements(type) / 32;
  const uint8_t *block = row + static_cast<size_t>(index / each) * type_block_bytes(type);
  const auto group = static_cast<int>(index % each);
  switch (type) {
    case EBB_TYPE_Q4_0: return take_small(block, false, false, 8);
    case EBB_TYPE_Q4_1: return take_small(block, true, false, 0);
    case EBB_TYPE_Q5_0: return take_small(block, false, true, 16);
    case EBB_TYPE_Q5_1: return take_small(block, true, true, 0);
    case EBB_TYPE_Q8_0: return take_q8_0(block);
    case EBB_TYPE_Q4_K: return take_q4_q5_k(block, false, group);
    case EBB_TYPE_Q5_K: return take_q4_q5_k(block, true, group);
    default: return take_q6_k(block, group);
  }
}

}  // namespace ebb

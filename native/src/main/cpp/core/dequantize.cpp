#include "core/dequantize.h"

#include <cstring>
#include <string>

#include "core/error.h"

namespace ebb {
namespace {

constexpr int kSmall = 32;   // elements of a Q4_0 ... Q8_0 block
constexpr int kSuper = 256;  // elements of a K-quant super-block

uint16_t read_u16(const uint8_t *p) {
  return static_cast<uint16_t>(p[0] | (p[1] << 8));
}

uint32_t read_u32(const uint8_t *p) {
  return static_cast<uint32_t>(read_u16(p)) | (static_cast<uint32_t>(read_u16(p + 2)) << 16);
}

float read_f16(const uint8_t *p) { return f16_to_f32(read_u16(p)); }

// Blocks of 32: the low nibbles are elements 0..15, the high ones 16..31.

// { f16 d; u8 nibbles[16] }: d * (q - 8)
void q4_0(const uint8_t *block, float *y) {
  const float d = read_f16(block);
  for (int i = 0; i < 16; ++i) {
    y[i] = d * static_cast<float>((block[2 + i] & 15) - 8);
    y[i + 16] = d * static_cast<float>((block[2 + i] >> 4) - 8);
  }
}

// { f16 d; f16 m; u8 nibbles[16] }: d * q + m
void q4_1(const uint8_t *block, float *y) {
  const float d = read_f16(block);
  const float m = read_f16(block + 2);
  for (int i = 0; i < 16; ++i) {
    y[i] = d * static_cast<float>(block[4 + i] & 15) + m;
    y[i + 16] = d * static_cast<float>(block[4 + i] >> 4) + m;
  }
}

// Element i of a Q5 block: a nibble, and bit i of `high` as its fifth bit.
int q5_value(const uint8_t *nibbles, uint32_t high, int i) {
  const int low = i < 16 ? nibbles[i] & 15 : nibbles[i - 16] >> 4;
  return low | static_cast<int>((high >> i) & 1) << 4;
}

// { f16 d; u32 high; u8 nibbles[16] }: d * (q - 16)
void q5_0(const uint8_t *block, float *y) {
  const float d = read_f16(block);
  const uint32_t high = read_u32(block + 2);
  for (int i = 0; i < kSmall; ++i) {
    y[i] = d * static_cast<float>(q5_value(block + 6, high, i) - 16);
  }
}

// { f16 d; f16 m; u32 high; u8 nibbles[16] }: d * q + m
void q5_1(const uint8_t *block, float *y) {
  const float d = read_f16(block);
  const float m = read_f16(block + 2);
  const uint32_t high = read_u32(block + 4);
  for (int i = 0; i < kSmall; ++i) {
    y[i] = d * static_cast<float>(q5_value(block + 8, high, i)) + m;
  }
}

// { f16 d; i8 q[32] }: d * q
void q8_0(const uint8_t *block, float *y) {
  const float d = read_f16(block);
  for (int i = 0; i < kSmall; ++i) y[i] = d * static_cast<float>(static_cast<int8_t>(block[2 + i]));
}

// The eight 6-bit scales and minima of a Q4_K or Q5_K super-block, packed into
// 12 bytes: 0..3 in the low six bits of bytes 0..3 (scales) and 4..7 (minima),
// 4..7 in the nibbles of bytes 8..11 with their upper two bits atop bytes 0..7.
void unpack_scale(const uint8_t *packed, int j, int &scale, int &minimum) {
  if (j < 4) {
    scale = packed[j] & 63;
    minimum = packed[j + 4] & 63;
  } else {
    scale = (packed[j + 4] & 15) | (packed[j - 4] >> 6) << 4;
    minimum = (packed[j + 4] >> 4) | (packed[j] >> 6) << 4;
  }
}

// { f16 d; f16 dmin; u8 scales[12]; u8 nibbles[128] }: d * scale * q - dmin * minimum
// Each 32 nibble bytes hold two groups of 32: low nibbles, then high ones.
void q4_k(const uint8_t *block, float *y) {
  const float d = read_f16(block);
  const float dmin = read_f16(block + 2);
  for (int group = 0; group < 8; ++group) {
    int scale, minimum;
    unpack_scale(block + 4, group, scale, minimum);
    const float step = d * static_cast<float>(scale);
    const float offset = dmin * static_cast<float>(minimum);
    const uint8_t *nibbles = block + 16 + (group / 2) * 32;
    const int shift = (group & 1) * 4;
    for (int i = 0; i < 32; ++i) {
      y[group * 32 + i] = step * static_cast<float>((nibbles[i] >> shift) & 15) - offset;
    }
  }
}

// { f16 d; f16 dmin; u8 scales[12]; u8 high[32]; u8 nibbles[128] }: as Q4_K with
// a fifth bit: bit `group` of high[i] belongs to element i of that group.
void q5_k(const uint8_t *block, float *y) {
  const float d = read_f16(block);
  const float dmin = read_f16(block + 2);
  const uint8_t *high = block + 16;
  for (int group = 0; group < 8; ++group) {
    int scale, minimum;
    unpack_scale(block + 4, group, scale, minimum);
    const float step = d * static_cast<float>(scale);
    const float offset = dmin * static_cast<float>(minimum);
    const uint8_t *nibbles = block + 48 + (group / 2) * 32;
    const int shift = (group & 1) * 4;
    for (int i = 0; i < 32; ++i) {
      const int q = ((nibbles[i] >> shift) & 15) | ((high[i] >> group) & 1) << 4;
      y[group * 32 + i] = step * static_cast<float>(q) - offset;
    }
  }
}

// { u8 low[128]; u8 high[64]; i8 scales[16]; f16 d }: d * scale * (q - 32)
// Each half of 128 elements has 64 low bytes and 32 high bytes. Its quarter k
// takes nibble k/2 of low[(k&1)*32 + i] and the two bits k of high[i]; a scale
// covers 16 elements.
void q6_k(const uint8_t *block, float *y) {
  const float d = read_f16(block + 208);
  for (int half = 0; half < 2; ++half) {
    const uint8_t *low = block + half * 64;
    const uint8_t *high = block + 128 + half * 32;
    for (int k = 0; k < 4; ++k) {
      for (int i = 0; i < 32; ++i) {
        const int index = half * 128 + k * 32 + i;
        const int nibble = (low[(k & 1) * 32 + i] >> (k / 2 * 4)) & 15;
        const int q = (nibble | ((high[i] >> (2 * k)) & 3) << 4) - 32;
        const float scale = static_cast<float>(static_cast<int8_t>(block[192 + index / 16]));
        y[index] = d * scale * static_cast<float>(q);
      }
    }
  }
}

void f32_row(const uint8_t *source, float *target, int64_t elements) {
  std::memcpy(target, source, static_cast<size_t>(elements) * sizeof(float));
}

void f16_row(const uint8_t *source, float *target, int64_t elements) {
  for (int64_t i = 0; i < elements; ++i) target[i] = read_f16(source + 2 * i);
}

void bf16_row(const uint8_t *source, float *target, int64_t elements) {
  for (int64_t i = 0; i < elements; ++i) target[i] = bf16_to_f32(read_u16(source + 2 * i));
}

struct TypeTraits {
  ebb_type type;
  const char *name;
  int block_elements;
  size_t block_bytes;
  void (*block)(const uint8_t *, float *);  // NULL for plain floats
};

constexpr TypeTraits kTypes[] = {
    {EBB_TYPE_F32, "F32", 1, 4, nullptr},     {EBB_TYPE_F16, "F16", 1, 2, nullptr},
    {EBB_TYPE_BF16, "BF16", 1, 2, nullptr},   {EBB_TYPE_Q4_0, "Q4_0", kSmall, 18, q4_0},
    {EBB_TYPE_Q4_1, "Q4_1", kSmall, 20, q4_1}, {EBB_TYPE_Q5_0, "Q5_0", kSmall, 22, q5_0},
    {EBB_TYPE_Q5_1, "Q5_1", kSmall, 24, q5_1}, {EBB_TYPE_Q8_0, "Q8_0", kSmall, 34, q8_0},
    {EBB_TYPE_Q4_K, "Q4_K", kSuper, 144, q4_k}, {EBB_TYPE_Q5_K, "Q5_K", kSuper, 176, q5_k},
    {EBB_TYPE_Q6_K, "Q6_K", kSuper, 210, q6_k},
};

const TypeTraits *find(int32_t type) {
  for (const TypeTraits &traits : kTypes) {
    if (traits.type == type) return &traits;
  }
  return nullptr;
}

const TypeTraits &traits_of(ebb_type type) {
  const TypeTraits *traits = find(type);
  if (traits == nullptr) fail_argument("unknown tensor type " + std::to_string(type));
  return *traits;
}

}  // namespace

bool is_known_type(int32_t type) { return find(type) != nullptr; }

const char *type_name(ebb_type type) { return traits_of(type).name; }

int64_t type_block_elements(ebb_type type) { return traits_of(type).block_elements; }

size_t type_block_bytes(ebb_type type) { return traits_of(type).block_bytes; }

size_t row_bytes(ebb_type type, int64_t elements) {
  const TypeTraits &traits = traits_of(type);
  return static_cast<size_t>(elements / traits.block_elements) * traits.block_bytes;
}

void dequantize_row(ebb_type type, const void *source, float *target, int64_t elements) {
  const auto *bytes = static_cast<const uint8_t *>(source);
  switch (type) {
    case EBB_TYPE_F32: return f32_row(bytes, target, elements);
    case EBB_TYPE_F16: return f16_row(bytes, target, elements);
    case EBB_TYPE_BF16: return bf16_row(bytes, target, elements);
    default: break;
  }
  const TypeTraits &traits = traits_of(type);
  for (int64_t i = 0; i < elements; i += traits.block_elements) {
    traits.block(bytes, target + i);
    bytes += traits.block_bytes;
  }
}

}  // namespace ebb

#include "core/kv_int8.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/dequantize.h"

namespace ebb {
namespace {

// Not below `value`, which is not negative.
uint16_t f16_above(float value) {
  const uint16_t bits = f32_to_f16(value);
  return f16_to_f32(bits) < value ? static_cast<uint16_t>(bits + 1) : bits;
}

}  // namespace

uint16_t quantize_kv(const float *x, int32_t n, int8_t *codes) {
  // As bits, numbers without a sign rise like integers, and NaN is the greatest of all.
  uint32_t greatest = 0;
  for (int32_t i = 0; i < n; ++i) greatest = std::max(greatest, std::bit_cast<uint32_t>(x[i]) & 0x7FFFFFFFu);
  const uint16_t bits = f16_above(std::bit_cast<float>(greatest) / 127.0f);
  const float scale = f16_to_f32(bits);
  const float inverse = scale > 0 && std::isfinite(scale) ? 1.0f / scale : 0.0f;
  for (int32_t i = 0; i < n; ++i) codes[i] = inverse > 0 ? static_cast<int8_t>(std::rint(x[i] * inverse)) : int8_t{0};
  return bits;
}

void dequantize_kv(const int8_t *codes, uint16_t scale, int32_t n, float *x) {
  const float factor = f16_to_f32(scale);
  for (int32_t i = 0; i < n; ++i) x[i] = static_cast<float>(codes[i]) * factor;
}

}  // namespace ebb

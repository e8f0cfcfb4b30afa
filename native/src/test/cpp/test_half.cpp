// Conversions of the 16-bit formats: every value, and every rounding edge.
#include <bit>
#include <limits>

#include "check.h"
#include "core/dequantize.h"

namespace {

// What the bits of an f16 stand for, by the definition of the format.
double f16_value(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const double fraction = (bits & 1023) / 1024.0;
  const double magnitude =
      exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15);
  return bits & 0x8000 ? -magnitude : magnitude;
}

bool is_nan16(uint16_t bits) { return (bits & 0x7FFF) > 0x7C00; }

}  // namespace

TEST(f16_to_f32_every_value) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const float value = ebb::f16_to_f32(static_cast<uint16_t>(bits));
    if (((bits >> 10) & 31) == 31) {
      CHECK((bits & 1023) == 0 ? std::isinf(value) : std::isnan(value));
      CHECK(std::signbit(value) == (bits >= 32768));
    } else if (static_cast<double>(value) != f16_value(static_cast<uint16_t>(bits))) {
      CHECK_EQUAL(value, f16_value(static_cast<uint16_t>(bits)));
    }
  }
}

TEST(f16_round_trip_every_value) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const uint16_t back = ebb::f32_to_f16(ebb::f16_to_f32(half));
    if (is_nan16(half)) {
      CHECK(is_nan16(back));
    } else if (back != half) {
      CHECK_EQUAL(back, half);
    }
  }
}

// Between two neighbours: below the middle goes down, above it up, the middle to even.
TEST(f16_rounds_to_nearest_even) {
  for (uint32_t bits = 0; bits < 0x7BFF; ++bits) {
    const auto low = static_cast<uint16_t>(bits);
    const auto high = static_cast<uint16_t>(bits + 1);
    const auto middle = static_cast<float>((f16_value(low) + f16_value(high)) / 2);
    const float below = std::nextafter(middle, 0.0f);
    const float above = std::nextafter(middle, std::numeric_limits<float>::infinity());
    if (ebb::f32_to_f16(below) != low || ebb::f32_to_f16(above) != high ||
        ebb::f32_to_f16(middle) != (low % 2 == 0 ? low : high) ||
        ebb::f32_to_f16(-above) != (high | 0x8000)) {
      CHECK_EQUAL(bits, 0xFFFFFFFFu);
    }
  }
  CHECK_EQUAL(ebb::f32_to_f16(65519.996f), 0x7BFF);
  CHECK_EQUAL(ebb::f32_to_f16(65520.0f), 0x7C00);
  CHECK_EQUAL(ebb::f32_to_f16(-1e30f), 0xFC00);
  CHECK_EQUAL(ebb::f32_to_f16(-0.0f), 0x8000);
  CHECK_EQUAL(ebb::f32_to_f16(1e-10f), 0);
}

TEST(bf16_rounds_to_nearest_even) {
  CHECK_EQUAL(ebb::bf16_to_f32(0x3F80), 1.0f);
  CHECK_EQUAL(ebb::bf16_to_f32(0xC040), -3.0f);
  CHECK_EQUAL(ebb::f32_to_bf16(1.0f), 0x3F80);
  CHECK_EQUAL(ebb::f32_to_bf16(1.0f + 0x1p-8f), 0x3F80);              // tie to even, down
  CHECK_EQUAL(ebb::f32_to_bf16(1.0f + 0x1p-7f + 0x1p-8f), 0x3F82);    // tie to even, up
  CHECK_EQUAL(ebb::f32_to_bf16(1.0f + 0x1p-8f + 0x1p-20f), 0x3F81);   // above the middle
  CHECK(std::isnan(ebb::bf16_to_f32(ebb::f32_to_bf16(std::bit_cast<float>(0x7F800001u)))));
  CHECK(std::isinf(ebb::bf16_to_f32(ebb::f32_to_bf16(3.4e38f))));
}

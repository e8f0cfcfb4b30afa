// What int8 keys and values are: codes and a scale a row.
#include <algorithm>
#include <cmath>
#include <limits>

#include "check.h"
#include "core/dequantize.h"
#include "core/kv_int8.h"
#include "core/kv_layout.h"

using namespace ebb;
using namespace ebb::test;

namespace {

struct Row {
  uint16_t scale;
  std::vector<int8_t> codes;
  std::vector<float> back;
};

Row quantized(const std::vector<float> &x) {
  Row row{0, std::vector<int8_t>(x.size()), std::vector<float>(x.size())};
  row.scale = quantize_kv(x.data(), static_cast<int32_t>(x.size()), row.codes.data());
  dequantize_kv(row.codes.data(), row.scale, static_cast<int32_t>(x.size()), row.back.data());
  return row;
}

float greatest_of(const std::vector<float> &x) {
  float greatest = 0;
  for (const float v : x) greatest = std::max(greatest, std::fabs(v));
  return greatest;
}

// Infinite where something that is read back is no number.
float greatest_error(const std::vector<float> &x, const Row &row) {
  float error = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const float off = std::fabs(row.back[i] - x[i]);
    error = std::isnan(off) ? std::numeric_limits<float>::infinity() : std::max(error, off);
  }
  return error;
}

}  // namespace

TEST(kv_int8_is_off_by_half_a_scale_at_most) {
  for (const float size : {1e-9f, 1e-6f, 1e-3f, 1.0f, 300.0f, 1e6f}) {
    for (uint32_t seed = 1; seed <= 20; ++seed) {
      const auto x = random_floats(96, seed, size);
      const Row row = quantized(x);
      const float scale = f16_to_f32(row.scale);
      const float greatest = greatest_of(x);
      // The least F16 that is not too small.
      CHECK(scale >= greatest / 127);
      CHECK(row.scale == 1 || f16_to_f32(static_cast<uint16_t>(row.scale - 1)) < greatest / 127);
      CHECK(greatest_error(x, row) <= scale * 0.50001f);
    }
  }
}

// A normal F16 scale is rounded up by 1/1024 at most: 1/254 of the greatest number becomes less than 1/253.
TEST(kv_int8_of_ordinary_heads_is_off_by_a_share_of_the_greatest) {
  for (const float size : {1e-2f, 1.0f, 300.0f}) {
    for (uint32_t seed = 1; seed <= 20; ++seed) {
      const auto x = random_floats(96, seed, size);
      CHECK(greatest_of(x) >= 7.8e-3f);
      CHECK(greatest_error(x, quantized(x)) <= greatest_of(x) / 253);
    }
  }
}

// Below 127 times F16's least normal number, 7.7e-3, the scale is rounded up by as much as 2^-24; half of that is
// added.
TEST(kv_int8_of_small_heads_is_off_by_3e_8_more) {
  const float step = std::ldexp(1.0f, -24);
  for (const float size : {1e-3f, 1e-4f, 1e-5f, 1e-6f}) {
    for (uint32_t seed = 1; seed <= 20; ++seed) {
      const auto x = random_floats(96, seed, size);
      CHECK(greatest_error(x, quantized(x)) <= 1.0001f * (greatest_of(x) / 254 + step / 2));
    }
  }
  // Added, not instead: twice the step is the first scale that holds the greatest, and half of it is lost.
  const std::vector<float> worst = {127.5f * step, step};
  CHECK_EQUAL(quantized(worst).scale, 2);
  CHECK_EQUAL(greatest_error(worst, quantized(worst)), step);
}

TEST(kv_int8_of_simple_numbers) {
  const Row row = quantized({127, -127, 1, 0.5f, 1.5f, -2.5f, 0.49f, 0});
  CHECK_EQUAL(f16_to_f32(row.scale), 1.0f);
  CHECK(row.codes == std::vector<int8_t>({127, -127, 1, 0, 2, -2, 0, 0}));
  const Row zeros = quantized({0, -0.0f, 0, 0});
  CHECK_EQUAL(zeros.scale, 0);
  CHECK(zeros.codes == std::vector<int8_t>(4, 0));
}

// A number that is none is not taken for a 0.
TEST(kv_int8_keeps_what_is_no_number) {
  for (const float strange : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 9e6f}) {
    const Row row = quantized({1, strange, 2, 3});
    for (const float v : row.back) CHECK(std::isnan(v));
    CHECK(row.codes == std::vector<int8_t>(4, 0));
  }
}

TEST(kv_int8_blocks_have_scales_behind_their_codes) {
  const KvLayout layout{3, 2, 16, 64, EBB_KV_I8};
  CHECK_EQUAL(layout.token_bytes(), 64u);
  CHECK_EQUAL(layout.scales_offset(), 16u * 64);
  CHECK_EQUAL(layout.head_bytes(), 16u * 64 + 16 * 2);
  CHECK_EQUAL(layout.block_bytes(), 3u * 2 * 2 * (16 * 64 + 32));
  CHECK_EQUAL(layout.head_offset(1, KvLayout::kValues, 1), 7u * (16 * 64 + 32));
}

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

}  // namespace

TEST(kv_int8_is_off_by_half_a_scale_at_most) {
  for (const float size : {1e-9f, 1e-6f, 1e-3f, 1.0f, 300.0f, 1e6f}) {
    for (uint32_t seed = 1; seed <= 20; ++seed) {
      const auto x = random_floats(96, seed, size);
      const Row row = quantized(x);
      const float scale = f16_to_f32(row.scale);
      float greatest = 0;
      for (const float v : x) greatest = std::max(greatest, std::fabs(v));
      // The least F16 that is not too small.
      CHECK(scale >= greatest / 127);
      CHECK(row.scale == 1 || f16_to_f32(static_cast<uint16_t>(row.scale - 1)) < greatest / 127);
      for (size_t i = 0; i < x.size(); ++i) CHECK(std::fabs(row.back[i] - x[i]) <= scale * 0.50001f);
    }
  }
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

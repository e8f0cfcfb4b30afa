// Dequantisation, bit for bit, of blocks whose numbers were worked out by hand
// from the layouts: scales are powers of two so that each result is exact.
#include "check.h"
#include "core/dequantize.h"

namespace {

constexpr uint16_t kHalf = 0x3800;   // 0.5
constexpr uint16_t kOne = 0x3C00;    // 1
constexpr uint16_t kMinusTwo = 0xC000;

std::vector<uint8_t> block_of(ebb_type type) {
  return std::vector<uint8_t>(ebb::type_block_bytes(type));
}

void put_u16(std::vector<uint8_t> &block, size_t at, uint16_t value) {
  block[at] = static_cast<uint8_t>(value & 255);
  block[at + 1] = static_cast<uint8_t>(value >> 8);
}

std::vector<float> decode(ebb_type type, const std::vector<uint8_t> &block) {
  std::vector<float> y(static_cast<size_t>(ebb::type_block_elements(type)));
  // An odd address: model files promise no alignment.
  std::vector<uint8_t> shifted(block.size() + 1);
  std::copy(block.begin(), block.end(), shifted.begin() + 1);
  ebb::dequantize_row(type, shifted.data() + 1, y.data(), static_cast<int64_t>(y.size()));
  return y;
}

}  // namespace

TEST(dequantize_plain_floats) {
  const auto f16 = block_of(EBB_TYPE_F16);
  CHECK_EQUAL(decode(EBB_TYPE_F16, {0x00, 0xC0})[0], -2.0f);
  CHECK_EQUAL(decode(EBB_TYPE_BF16, {0x80, 0x3F})[0], 1.0f);
  CHECK_EQUAL(decode(EBB_TYPE_F32, {0x00, 0x00, 0x20, 0x41})[0], 10.0f);
  CHECK_EQUAL(f16.size(), 2u);
}

TEST(dequantize_q4_0) {
  auto block = block_of(EBB_TYPE_Q4_0);
  put_u16(block, 0, kHalf);
  for (size_t i = 0; i < 16; ++i) block[2 + i] = static_cast<uint8_t>(i | (15 - i) << 4);
  const auto y = decode(EBB_TYPE_Q4_0, block);
  for (int i = 0; i < 16; ++i) {
    CHECK_EQUAL(y[static_cast<size_t>(i)], 0.5f * static_cast<float>(i - 8));
    CHECK_EQUAL(y[static_cast<size_t>(i + 16)], 0.5f * static_cast<float>(7 - i));
  }
}

TEST(dequantize_q4_1) {
  auto block = block_of(EBB_TYPE_Q4_1);
  put_u16(block, 0, kHalf);
  put_u16(block, 2, kMinusTwo);
  for (size_t i = 0; i < 16; ++i) block[4 + i] = static_cast<uint8_t>(i | (15 - i) << 4);
  const auto y = decode(EBB_TYPE_Q4_1, block);
  for (int i = 0; i < 16; ++i) {
    CHECK_EQUAL(y[static_cast<size_t>(i)], 0.5f * static_cast<float>(i) - 2.0f);
    CHECK_EQUAL(y[static_cast<size_t>(i + 16)], 0.5f * static_cast<float>(15 - i) - 2.0f);
  }
}

// Scale 0.1 as f16 is 0x2E66 = 0.0999755859375; the product and the sum are each
// rounded to float, which a fused multiply-add would not do.
TEST(dequantize_q4_1_rounds_twice) {
  auto block = block_of(EBB_TYPE_Q4_1);
  put_u16(block, 0, 0x2E66);
  put_u16(block, 2, 0x3555);  // 0.333251953125
  block[4] = 13;
  volatile float product = 0.0999755859375f * 13.0f;
  volatile float sum = product + 0.333251953125f;
  CHECK_EQUAL(decode(EBB_TYPE_Q4_1, block)[0], static_cast<float>(sum));
}

TEST(dequantize_q5_0) {
  auto block = block_of(EBB_TYPE_Q5_0);
  put_u16(block, 0, kHalf);
  // Fifth bits of elements 0, 17 and 31.
  block[2] = 0x01;
  block[4] = 0x02;
  block[5] = 0x80;
  block[6] = 0x35;       // elements 0: 5, 16: 3
  block[6 + 1] = 0xE0;   // elements 1: 0, 17: 14
  block[6 + 15] = 0xF7;  // elements 15: 7, 31: 15
  const auto y = decode(EBB_TYPE_Q5_0, block);
  CHECK_EQUAL(y[0], 0.5f * (21 - 16));
  CHECK_EQUAL(y[1], 0.5f * (0 - 16));
  CHECK_EQUAL(y[15], 0.5f * (7 - 16));
  CHECK_EQUAL(y[16], 0.5f * (3 - 16));
  CHECK_EQUAL(y[17], 0.5f * (30 - 16));
  CHECK_EQUAL(y[31], 0.5f * (31 - 16));
}

TEST(dequantize_q5_1) {
  auto block = block_of(EBB_TYPE_Q5_1);
  put_u16(block, 0, kHalf);
  put_u16(block, 2, kOne);
  block[4] = 0x01;
  block[7] = 0x80;
  block[8] = 0x35;
  block[8 + 15] = 0xF7;
  const auto y = decode(EBB_TYPE_Q5_1, block);
  CHECK_EQUAL(y[0], 0.5f * 21 + 1);
  CHECK_EQUAL(y[15], 0.5f * 7 + 1);
  CHECK_EQUAL(y[16], 0.5f * 3 + 1);
  CHECK_EQUAL(y[31], 0.5f * 31 + 1);
}

TEST(dequantize_q8_0) {
  auto block = block_of(EBB_TYPE_Q8_0);
  put_u16(block, 0, kHalf);
  for (size_t i = 0; i < 32; ++i) block[2 + i] = static_cast<uint8_t>(i * 8 - 128);
  const auto y = decode(EBB_TYPE_Q8_0, block);
  for (int i = 0; i < 32; ++i) {
    CHECK_EQUAL(y[static_cast<size_t>(i)], 0.5f * static_cast<float>(i * 8 - 128));
  }
}

// Scales of the eight groups: 1, 2, 3, 63, 17, 34, 51, 60; minima: 5, 6, 7, 62, 33, 18, 0, 48.
namespace {

constexpr int kScales[8] = {1, 2, 3, 63, 17, 34, 51, 60};
constexpr int kMinima[8] = {5, 6, 7, 62, 33, 18, 0, 48};

void put_scales(std::vector<uint8_t> &block) {
  uint8_t *packed = block.data() + 4;
  for (int j = 0; j < 4; ++j) {
    packed[j] = static_cast<uint8_t>(kScales[j] | (kScales[j + 4] >> 4) << 6);
    packed[j + 4] = static_cast<uint8_t>(kMinima[j] | (kMinima[j + 4] >> 4) << 6);
    packed[j + 8] = static_cast<uint8_t>((kScales[j + 4] & 15) | (kMinima[j + 4] & 15) << 4);
  }
}

}  // namespace

TEST(dequantize_q4_k) {
  auto block = block_of(EBB_TYPE_Q4_K);
  put_u16(block, 0, kHalf);
  put_u16(block, 2, kOne);
  put_scales(block);
  for (size_t i = 0; i < 128; ++i) block[16 + i] = static_cast<uint8_t>(i % 16 | (i / 32 + 3) << 4);
  const auto y = decode(EBB_TYPE_Q4_K, block);
  for (int e = 0; e < 256; ++e) {
    const int group = e / 32;
    const int q = group % 2 == 0 ? e % 16 : group / 2 + 3;
    const float expected =
        0.5f * static_cast<float>(kScales[group]) * static_cast<float>(q) -
        static_cast<float>(kMinima[group]);
    CHECK_EQUAL(y[static_cast<size_t>(e)], expected);
  }
}

TEST(dequantize_q5_k) {
  auto block = block_of(EBB_TYPE_Q5_K);
  put_u16(block, 0, kHalf);
  put_u16(block, 2, kOne);
  put_scales(block);
  for (size_t i = 0; i < 32; ++i) block[16 + i] = static_cast<uint8_t>(i * 7 + 1);
  for (size_t i = 0; i < 128; ++i) block[48 + i] = static_cast<uint8_t>(i % 16 | (i / 32 + 3) << 4);
  const auto y = decode(EBB_TYPE_Q5_K, block);
  for (int e = 0; e < 256; ++e) {
    const int group = e / 32;
    const int high = (((e % 32) * 7 + 1) >> group) & 1;
    const int q = (group % 2 == 0 ? e % 16 : group / 2 + 3) + 16 * high;
    const float expected =
        0.5f * static_cast<float>(kScales[group]) * static_cast<float>(q) -
        static_cast<float>(kMinima[group]);
    CHECK_EQUAL(y[static_cast<size_t>(e)], expected);
  }
}

// Written the other way round: from wanted values to bytes, as a quantiser packs them.
TEST(dequantize_q6_k) {
  auto block = block_of(EBB_TYPE_Q6_K);
  const auto wanted = [](int e) { return (e * 29 + e / 64) % 64; };  // 6-bit values
  for (int e = 0; e < 256; ++e) {
    const int half = e / 128;
    const int quarter = e % 128 / 32;
    const int i = e % 32;
    const auto low = static_cast<size_t>(half * 64 + (quarter % 2) * 32 + i);
    const auto high = static_cast<size_t>(128 + half * 32 + i);
    block[low] = static_cast<uint8_t>(block[low] | (wanted(e) & 15) << (quarter / 2 * 4));
    block[high] = static_cast<uint8_t>(block[high] | (wanted(e) >> 4) << (quarter * 2));
  }
  for (size_t s = 0; s < 16; ++s) block[192 + s] = static_cast<uint8_t>(s * 9 - 70);
  put_u16(block, 208, kHalf);
  const auto y = decode(EBB_TYPE_Q6_K, block);
  for (int e = 0; e < 256; ++e) {
    const auto scale = static_cast<float>(e / 16 * 9 - 70);
    CHECK_EQUAL(y[static_cast<size_t>(e)], 0.5f * scale * static_cast<float>(wanted(e) - 32));
  }
}

TEST(dequantize_several_blocks) {
  auto block = block_of(EBB_TYPE_Q8_0);
  put_u16(block, 0, kOne);
  block[2] = 3;
  auto row = block;
  put_u16(block, 0, kMinusTwo);
  row.insert(row.end(), block.begin(), block.end());
  std::vector<float> y(64);
  ebb::dequantize_row(EBB_TYPE_Q8_0, row.data(), y.data(), 64);
  CHECK_EQUAL(y[0], 3.0f);
  CHECK_EQUAL(y[32], -6.0f);
  CHECK_EQUAL(ebb::row_bytes(EBB_TYPE_Q8_0, 64), row.size());
}

TEST(dequantize_unknown_type_is_refused) {
  CHECK(!ebb::is_known_type(4));
  CHECK_ERROR(EBB_INVALID_ARGUMENT, "unknown tensor type 4",
              ebb::type_block_bytes(static_cast<ebb_type>(4)));
}

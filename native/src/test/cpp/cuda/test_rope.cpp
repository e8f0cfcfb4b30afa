// QK-norm, rotation and the paged write against double.
#include <cmath>

#include "check.h"
#include "core/dequantize.h"
#include "cuda/ops.h"
#include "simt/check_run.h"

using namespace ebb;
using namespace ebb::test;

namespace {

struct RopeCase {
  int32_t heads, kv_heads, head_dim, rope_dims;
  bool interleaved, norm;
};

// Tokens of a step: their positions, and their slots in some order of blocks.
struct Tokens {
  std::vector<int32_t> positions, slots;
  int32_t blocks;
};

const Tokens kFew = {{0, 5, 40}, {33, 0, 18}, 3};

// A prompt of `count` tokens whose blocks lie in reverse.
Tokens prompt(int32_t count) {
  Tokens tokens{{}, {}, (count + 15) / 16};
  for (int32_t p = 0; p < count; ++p) {
    tokens.positions.push_back(p);
    tokens.slots.push_back((tokens.blocks - 1 - p / 16) * 16 + p % 16);
  }
  return tokens;
}

std::vector<float> angle_table(int32_t rope_dims, int32_t last) {
  std::vector<float> table;
  for (int32_t p = 0; p <= last; ++p) {
    for (int part = 0; part < 2; ++part) {
      for (int32_t i = 0; i < rope_dims / 2; ++i) {
        const double angle = p * std::pow(10000.0, -2.0 * i / rope_dims);
        table.push_back(static_cast<float>(part == 0 ? std::cos(angle) : std::sin(angle)));
      }
    }
  }
  return table;
}

// The head in double: normalised where a weight is given, rotated.
std::vector<double> expected_head(const RopeCase &c, const float *x, const float *weight, const float *angles) {
  std::vector<double> y(x, x + c.head_dim);
  if (weight != nullptr) {
    double squares = 0;
    for (const double v : y) squares += v * v;
    for (size_t i = 0; i < y.size(); ++i) y[i] *= weight[i] / std::sqrt(squares / c.head_dim + 1e-5);
  }
  const int32_t pairs = c.rope_dims / 2;
  for (int32_t i = 0; i < pairs; ++i) {
    double &a = y[static_cast<size_t>(c.interleaved ? 2 * i : i)];
    double &b = y[static_cast<size_t>(c.interleaved ? 2 * i + 1 : i + pairs)];
    const double first = a * angles[i] - b * angles[pairs + i];
    b = a * angles[pairs + i] + b * angles[i];
    a = first;
  }
  return y;
}

void check_rope(const RopeCase &c, const Tokens &tokens = kFew) {
  const size_t count = tokens.positions.size();
  const KvLayout layout{2, c.kv_heads, 16, c.head_dim, EBB_KV_F16};
  const int32_t all = c.heads + 2 * c.kv_heads;
  const auto n = static_cast<size_t>(c.head_dim);
  const auto qkv = random_floats(count * static_cast<size_t>(all) * n, 1);
  const auto q_norm = random_floats(n, 2), k_norm = random_floats(n, 3);
  const auto table = angle_table(c.rope_dims, tokens.positions.back());
  const simt::Buffer<float> qkv_d("qkv", qkv), q_norm_d("q_norm", q_norm), k_norm_d("k_norm", k_norm);
  const simt::Buffer<float> table_d("table", table);
  const simt::Buffer<int32_t> positions("positions", tokens.positions), slots("slots", tokens.slots);
  const size_t kv_bytes = static_cast<size_t>(tokens.blocks) * layout.block_bytes();
  std::vector<uint8_t> blocks;
  const auto q = simt::same_in_every_schedule<uint16_t>([&] {
    const simt::Buffer<uint8_t> kv("kv", std::vector<uint8_t>(kv_bytes, 0));
    const simt::Buffer<uint16_t> to("q", count * static_cast<size_t>(c.heads) * n);
    cuda::rope({qkv_d.data(), positions.data(), slots.data(), table_d.data(), c.norm ? q_norm_d.data() : nullptr,
                c.norm ? k_norm_d.data() : nullptr, to.data(), kv.data(), layout, static_cast<int64_t>(count), 1,
                c.heads, c.rope_dims, c.interleaved, 1e-5f}, nullptr);
    blocks = kv.read();
    return to.read();
  });
  std::vector<float> got;
  std::vector<double> want;
  for (size_t t = 0; t < count; ++t) {
    const float *angles = table.data() + tokens.positions[t] * c.rope_dims;
    for (int32_t h = 0; h < all; ++h) {
      const float *x = qkv.data() + (t * static_cast<size_t>(all) + static_cast<size_t>(h)) * n;
      const bool is_q = h < c.heads;
      const bool is_v = h >= c.heads + c.kv_heads;
      const float *weight = !c.norm ? nullptr : is_q ? q_norm.data() : k_norm.data();
      const auto head = is_v ? std::vector<double>(x, x + n) : expected_head(c, x, weight, angles);
      const int32_t kv_head = is_v ? h - c.heads - c.kv_heads : h - c.heads;
      const size_t at = is_q ? 0 : static_cast<size_t>(tokens.slots[t] / 16) * layout.block_bytes() +
                                       layout.head_offset(1, is_v ? KvLayout::kValues : KvLayout::kKeys, kv_head) +
                                       static_cast<size_t>(tokens.slots[t] % 16) * layout.token_bytes();
      for (size_t i = 0; i < n; ++i) {
        uint16_t bits;
        std::memcpy(&bits, blocks.data() + at + 2 * i, 2);
        if (is_q) bits = q[(t * static_cast<size_t>(c.heads) + static_cast<size_t>(h)) * n + i];
        got.push_back(f16_to_f32(bits));
      }
      want.insert(want.end(), head.begin(), head.end());
    }
  }
  CHECK(relative_l2(got, want) <= 5e-4);
  size_t written = 0;
  for (size_t i = 0; i < blocks.size(); i += 2) written += blocks[i] != 0 || blocks[i + 1] != 0;
  CHECK_EQUAL(written, count * 2 * static_cast<size_t>(c.kv_heads) * n);
}

}  // namespace

TEST(cuda_rope_matches_double) {
  for (const bool interleaved : {false, true}) {
    for (const bool norm : {false, true}) {
      check_rope({3, 1, 64, 64, interleaved, norm});
      check_rope({4, 2, 128, 64, interleaved, norm});  // a part of the head stays as it is
      check_rope({2, 2, 32, 32, interleaved, norm});
      check_rope({1, 1, 96, 96, interleaved, norm});
      check_rope({5, 1, 256, 256, interleaved, norm});
    }
  }
}

// Prompts around a block's end and up to a long one, groups of 1 to 8, all head sizes.
TEST(cuda_rope_takes_all_shapes) {
  int32_t number = 0;
  for (const int32_t count : {1, 2, 15, 16, 17, 33, 65, 129}) {
    for (const int32_t head_dim : {64, 96, 128, 256}) {
      const int32_t group = 1 + number++ % 8;
      check_rope({group, 1, head_dim, head_dim, number % 3 == 0, number % 2 == 0}, prompt(count));
    }
  }
  check_rope({2, 1, 64, 64, true, true}, prompt(2049));
}

// The paged write of int8 keys and values: codes and scales equal to the bit to a plain computation, nothing else
// touched.
#include <cmath>

#include "check.h"
#include "core/kv_int8.h"
#include "cuda/ops.h"
#include "simt/check_run.h"

using namespace ebb;
using namespace ebb::test;

namespace {

struct RopeCase {
  int32_t heads, kv_heads, head_dim, rope_dims;
  bool interleaved, norm;
};

constexpr int32_t kLayers = 3, kLayer = 1, kBlocks = 4;
constexpr float kEpsilon = 1e-5f;

// The kernel's own sum: lane i has elements i, i + 32, ...; then a butterfly.
float sum_of_squares(const std::vector<float> &x) {
  std::vector<float> lanes(32, 0.0f);
  for (size_t i = 0; i < x.size(); ++i) lanes[i % 32] = std::fma(x[i], x[i], lanes[i % 32]);
  for (size_t apart = 16; apart > 0; apart /= 2) {
    const std::vector<float> before = lanes;
    for (size_t i = 0; i < 32; ++i) lanes[i] = before[i] + before[i ^ apart];
  }
  return lanes[0];
}

// A key in float, each operation rounded by itself.
std::vector<float> plain_key(const RopeCase &c, std::vector<float> x, const float *weight, const float *angles) {
  if (weight != nullptr) {
    const float scale = 1.0f / std::sqrt(sum_of_squares(x) / static_cast<float>(c.head_dim) + kEpsilon);
    for (size_t i = 0; i < x.size(); ++i) x[i] = x[i] * scale * weight[i];
  }
  const int32_t pairs = c.rope_dims / 2;
  for (int32_t i = 0; i < pairs; ++i) {
    float &a = x[static_cast<size_t>(c.interleaved ? 2 * i : i)];
    float &b = x[static_cast<size_t>(c.interleaved ? 2 * i + 1 : i + pairs)];
    const float first = a, second = b;
    const volatile float ac = first * angles[i], bs = second * angles[pairs + i];
    const volatile float as = first * angles[pairs + i], bc = second * angles[i];
    a = ac - bs;
    b = as + bc;
  }
  return x;
}

struct Inputs {
  std::vector<float> qkv, k_norm, table;
  std::vector<int32_t> positions = {0, 5, 30, 31, 2};
  std::vector<int32_t> slots = {33, 0, 18, 63, 15};
  size_t tokens() const { return positions.size(); }
};

// Values that are zero, tiny, and too great for a scale, beside those of ordinary size.
Inputs inputs_of(const RopeCase &c) {
  Inputs in;
  const auto n = static_cast<size_t>(c.head_dim), all = static_cast<size_t>(c.heads + 2 * c.kv_heads);
  in.qkv = random_floats(in.tokens() * all * n, 1);
  const float sizes[] = {1, 0, 1e-7f, 1e3f, 1e9f};
  for (size_t t = 0; t < in.tokens(); ++t) {
    for (size_t i = 0; i < n; ++i) in.qkv[((t + 1) * all - 1) * n + i] *= sizes[t];
  }
  in.k_norm = random_floats(n, 3);
  for (int32_t p = 0; p <= 31; ++p) {
    for (int32_t i = 0; i < c.rope_dims; ++i) {
      const double angle = p * std::pow(10000.0, -2.0 * (i % (c.rope_dims / 2)) / c.rope_dims);
      in.table.push_back(static_cast<float>(i < c.rope_dims / 2 ? std::cos(angle) : std::sin(angle)));
    }
  }
  return in;
}

// All blocks as they must be after the write; 0xA5 is what was there before.
std::vector<uint8_t> plain_blocks(const RopeCase &c, const Inputs &in, const KvLayout &layout) {
  std::vector<uint8_t> blocks(kBlocks * layout.block_bytes(), 0xA5);
  const int32_t all = c.heads + 2 * c.kv_heads;
  for (size_t t = 0; t < in.tokens(); ++t) {
    for (int32_t h = c.heads; h < all; ++h) {
      const float *x = in.qkv.data() + (t * static_cast<size_t>(all) + static_cast<size_t>(h)) *
                                           static_cast<size_t>(c.head_dim);
      std::vector<float> head(x, x + c.head_dim);
      const bool is_key = h < c.heads + c.kv_heads;
      if (is_key) {
        head = plain_key(c, head, c.norm ? in.k_norm.data() : nullptr,
                         in.table.data() + in.positions[t] * c.rope_dims);
      }
      uint8_t *at = blocks.data() + static_cast<size_t>(in.slots[t] / 16) * layout.block_bytes() +
                    layout.head_offset(kLayer, is_key ? KvLayout::kKeys : KvLayout::kValues,
                                       (h - c.heads) % c.kv_heads);
      const auto row = static_cast<size_t>(in.slots[t] % 16);
      const uint16_t scale =
          quantize_kv(head.data(), c.head_dim, reinterpret_cast<int8_t *>(at + row * layout.token_bytes()));
      std::memcpy(at + layout.scales_offset() + 2 * row, &scale, 2);
    }
  }
  return blocks;
}

void check_write(const RopeCase &c) {
  const Inputs in = inputs_of(c);
  const simt::Buffer<float> qkv("qkv", in.qkv), k_norm("k_norm", in.k_norm), table("table", in.table);
  const simt::Buffer<int32_t> positions("positions", in.positions), slots("slots", in.slots);
  std::vector<uint16_t> queries[2];
  for (const ebb_kv_type type : {EBB_KV_F16, EBB_KV_I8}) {
    const KvLayout layout{kLayers, c.kv_heads, 16, c.head_dim, type};
    const auto blocks = simt::same_in_every_schedule<uint8_t>([&] {
      const simt::Buffer<uint8_t> kv("kv", std::vector<uint8_t>(kBlocks * layout.block_bytes(), 0xA5));
      const simt::Buffer<uint16_t> q("q", in.tokens() * static_cast<size_t>(c.heads * c.head_dim));
      const float *norm = c.norm ? k_norm.data() : nullptr;
      cuda::rope({qkv.data(), positions.data(), slots.data(), table.data(), norm, norm, q.data(), kv.data(), layout,
                  static_cast<int64_t>(in.tokens()), kLayer, c.heads, c.rope_dims, c.interleaved, kEpsilon},
                 nullptr);
      queries[type == EBB_KV_I8] = q.read();
      return kv.read();
    });
    if (type == EBB_KV_I8) CHECK(blocks == plain_blocks(c, in, layout));
  }
  CHECK(queries[0] == queries[1]);
}

}  // namespace

TEST(cuda_rope_int8_writes_what_a_plain_computation_does) {
  for (const bool interleaved : {false, true}) {
    for (const bool norm : {false, true}) {
      check_write({3, 1, 64, 64, interleaved, norm});
      check_write({4, 2, 128, 64, interleaved, norm});  // a part of the head stays as it is
      check_write({2, 2, 32, 32, interleaved, norm});
      check_write({6, 3, 96, 96, interleaved, norm});
      check_write({5, 1, 256, 256, interleaved, norm});
    }
  }
}

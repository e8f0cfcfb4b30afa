// Each operation of the reference backend against double. Sizes: 1; just below,
// at and above the 16 partial sums and their multiples; and SmolLM2's own.
#include <cstring>

#include "check.h"
#include "core/kv_int8.h"
#include "fixture.h"
#include "reference/dot.h"
#include "reference/ops.h"

using namespace ebb;
using namespace ebb::test;

namespace {

constexpr int64_t kSizes[] = {1, 3, 15, 16, 17, 31, 33, 64, 100, 576, 1536};

}  // namespace

TEST(dot_matches_double) {
  for (const int64_t n : kSizes) {
    const auto a = random_floats(static_cast<size_t>(n), 1);
    const auto b = random_floats(static_cast<size_t>(n), 2);
    double expected = 0, magnitude = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      expected += double{a[i]} * b[i];
      magnitude += std::fabs(double{a[i]} * b[i]);
    }
    CHECK_NEAR(reference::dot(a.data(), b.data(), n), expected, 1e-6 * magnitude + 1e-12);
  }
}

// Exact integers: the order of the sums is fixed, but no element may be lost.
TEST(dot_takes_every_element) {
  for (int64_t n = 1; n <= 70; ++n) {
    std::vector<float> ones(static_cast<size_t>(n), 1.0f), count(static_cast<size_t>(n));
    for (size_t i = 0; i < count.size(); ++i) count[i] = static_cast<float>(i + 1);
    CHECK_EQUAL(reference::dot(ones.data(), count.data(), n), static_cast<float>(n * (n + 1) / 2));
  }
}

TEST(dot_of_two_equals_dot_of_one) {
  for (const int64_t n : kSizes) {
    const auto w = random_floats(static_cast<size_t>(n), 3);
    const auto x = random_floats(static_cast<size_t>(2 * n), 4);
    float both[2];
    reference::dot<2>(w.data(), x.data(), n, n, both);
    CHECK_EQUAL(both[0], reference::dot(w.data(), x.data(), n));
    CHECK_EQUAL(both[1], reference::dot(w.data(), x.data() + n, n));
  }
}

TEST(matmul_matches_double) {
  for (const int64_t n : kSizes) {
    for (const int64_t tokens : {1, 2, 5}) {
      for (const int64_t rows : {1, 9, 40}) {
        const auto w = random_floats(static_cast<size_t>(rows * n), 5);
        const auto x = random_floats(static_cast<size_t>(tokens * n), 6);
        const auto bias = random_floats(static_cast<size_t>(rows), 7);
        std::vector<float> y(static_cast<size_t>(tokens * rows));
        reference::matmul(w.data(), bias.data(), x.data(), {tokens, rows, n}, 0, rows, y.data());
        std::vector<double> expected(y.size());
        for (size_t t = 0; t < static_cast<size_t>(tokens); ++t) {
          for (size_t r = 0; r < static_cast<size_t>(rows); ++r) {
            double sum = bias[r];
            for (size_t i = 0; i < static_cast<size_t>(n); ++i) {
              sum += double{w[r * static_cast<size_t>(n) + i]} * x[t * static_cast<size_t>(n) + i];
            }
            expected[t * static_cast<size_t>(rows) + r] = sum;
          }
        }
        CHECK(relative_l2(y, expected) < 1e-6);
      }
    }
  }
}

TEST(matmul_writes_only_its_rows) {
  const std::vector<float> w(20, 1.0f), x(2, 1.0f);
  std::vector<float> y(10, -1.0f);
  reference::matmul(w.data(), nullptr, x.data(), {1, 10, 2}, 3, 7, y.data());
  for (size_t r = 0; r < 10; ++r) CHECK_EQUAL(y[r], r >= 3 && r < 7 ? 2.0f : -1.0f);
}

TEST(rms_norm_matches_double) {
  for (const int64_t n : kSizes) {
    const auto x = random_floats(static_cast<size_t>(2 * n), 8, 3.0f);
    const auto w = random_floats(static_cast<size_t>(n), 9);
    std::vector<float> y(x.size());
    reference::rms_norm(x.data(), w.data(), 2, n, 1e-5f, y.data());
    std::vector<double> expected(x.size());
    for (size_t r = 0; r < 2; ++r) {
      double squares = 0;
      const size_t start = r * static_cast<size_t>(n);
      for (size_t i = 0; i < w.size(); ++i) squares += double{x[start + i]} * x[start + i];
      const double scale = 1 / std::sqrt(squares / static_cast<double>(n) + 1e-5f);
      for (size_t i = 0; i < w.size(); ++i) expected[start + i] = x[start + i] * scale * w[i];
    }
    CHECK(relative_l2(y, expected) < 1e-6);
  }
}

TEST(rms_norm_of_zeros_is_zero) {
  std::vector<float> x(5, 0.0f);
  const std::vector<float> w(5, 1.0f);
  reference::rms_norm(x.data(), w.data(), 1, 5, 1e-5f, x.data());
  for (const float value : x) CHECK_EQUAL(value, 0.0f);
}

TEST(swiglu_matches_double) {
  // The ends of the range: exp overflows to infinity and silu goes to 0, not NaN.
  std::vector<float> gate = {-200, -20, -1, -0.0f, 0, 1e-8f, 1, 20, 200};
  const std::vector<float> up = {3, 2, 2, 1, 1, 1, -2, 0.5f, 1};
  std::vector<double> expected;
  for (size_t i = 0; i < up.size(); ++i) {
    expected.push_back(gate[i] / (1 + std::exp(-double{gate[i]})) * up[i]);
  }
  reference::swiglu(gate.data(), up.data(), static_cast<int64_t>(gate.size()));
  for (size_t i = 0; i < up.size(); ++i) {
    CHECK_NEAR(gate[i], expected[i], 1e-6 * std::fabs(expected[i]) + 1e-30);
  }
}

TEST(embedding_picks_rows) {
  const std::vector<float> table = {0, 1, 10, 11, 20, 21};
  const int32_t ids[] = {2, 0, 2};
  std::vector<float> y(6);
  reference::embedding(table.data(), ids, 3, 2, y.data());
  CHECK((y == std::vector<float>{20, 21, 0, 1, 20, 21}));
}

TEST(add_adds) {
  std::vector<float> x = {1, 2, 3};
  const std::vector<float> y = {10, 20, 30};
  reference::add(x.data(), y.data(), 3);
  CHECK((x == std::vector<float>{11, 22, 33}));
}

TEST(rope_table_matches_double) {
  TinyConfig config;
  config.context = 5000;
  config.rope_magnitude = 1.25f;
  TinyModel tiny(config);
  const Model model = view_model(tiny.descriptor());
  RopeTable table(model);
  for (const int32_t position : {0, 1, 255, 256, 4999, 3}) {  // grows, then reads back
    table.reserve(position);
    for (int32_t i = 0; i < table.pairs(); ++i) {
      const double angle = position * double{model.inverse_frequency[static_cast<size_t>(i)]};
      CHECK_EQUAL(table.cosines(position)[i], static_cast<float>(std::cos(angle) * 1.25));
      CHECK_EQUAL(table.sines(position)[i], static_cast<float>(std::sin(angle) * 1.25));
    }
  }
}

TEST(rope_rotates_the_right_pairs) {
  const float cosines[] = {0, 1};
  const float sines[] = {1, 0};  // a quarter turn of the first pair, none of the second
  float interleaved[] = {1, 2, 3, 4, 9};
  rope_rotate(interleaved, EBB_ROPE_INTERLEAVED, cosines, sines, 2);
  const float expected[] = {-2, 1, 3, 4, 9};
  CHECK(std::memcmp(interleaved, expected, sizeof(expected)) == 0);
  float halves[] = {1, 2, 3, 4, 9};
  rope_rotate(halves, EBB_ROPE_HALVES, cosines, sines, 2);
  const float expected_halves[] = {-3, 2, 1, 4, 9};
  CHECK(std::memcmp(halves, expected_halves, sizeof(expected_halves)) == 0);
}

TEST(kv_write_places_every_element) {
  const KvLayout layout{2, 3, 4, 5, EBB_KV_F32};
  AlignedBytes bytes(2 * layout.block_bytes());
  const KvMemory memory{bytes.data(), 2, layout.block_bytes()};
  const auto keys = random_floats(2 * 3 * 5, 1);
  const auto values = random_floats(2 * 3 * 5, 2);
  const int32_t slots[] = {6, 1};  // block 1 offset 2, block 0 offset 1
  reference::kv_write(memory, layout, 1, slots, 2, keys.data(), values.data());
  const auto *floats = reinterpret_cast<const float *>(bytes.data());
  size_t written = 0;
  for (size_t i = 0; i < bytes.size() / 4; ++i) written += floats[i] != 0;
  CHECK_EQUAL(written, keys.size() + values.size());
  // [block 2][layer 2][K, V][head 3][token 4][dim 5]
  const auto at = [&](size_t block, size_t part, size_t head, size_t token, size_t d) {
    return floats[((((block * 2 + 1) * 2 + part) * 3 + head) * 4 + token) * 5 + d];
  };
  for (size_t head = 0; head < 3; ++head) {
    for (size_t d = 0; d < 5; ++d) {
      CHECK_EQUAL(at(1, 0, head, 2, d), keys[head * 5 + d]);
      CHECK_EQUAL(at(1, 1, head, 2, d), values[head * 5 + d]);
      CHECK_EQUAL(at(0, 0, head, 1, d), keys[(3 + head) * 5 + d]);
      CHECK_EQUAL(at(0, 1, head, 1, d), values[(3 + head) * 5 + d]);
    }
  }
}

// Of int8 each head of a token has its codes in its row and its scale behind the codes of all rows.
TEST(kv_write_places_codes_and_scales) {
  const KvLayout layout{2, 3, 4, 5, EBB_KV_I8};
  AlignedBytes bytes(2 * layout.block_bytes());
  const KvMemory memory{bytes.data(), 2, layout.block_bytes()};
  const auto keys = random_floats(3 * 5, 1), values = random_floats(3 * 5, 2);
  const int32_t slots[] = {6};  // block 1, row 2
  reference::kv_write(memory, layout, 1, slots, 1, keys.data(), values.data());
  std::vector<uint8_t> expected(2 * layout.block_bytes(), 0);
  for (size_t part = 0; part < 2; ++part) {
    for (size_t head = 0; head < 3; ++head) {
      // [block 2][layer 2][K, V][head 3]([token 4][dim 5], [token 4] scales)
      uint8_t *at = expected.data() + (((2 + 1) * 2 + part) * 3 + head) * (4 * 5 + 4 * 2);
      const uint16_t scale = quantize_kv((part == 0 ? keys : values).data() + head * 5, 5,
                                         reinterpret_cast<int8_t *>(at + 2 * 5));
      std::memcpy(at + 4 * 5 + 2 * 2, &scale, 2);
    }
  }
  CHECK(std::equal(expected.begin(), expected.end(), bytes.data()));
}

// Scores far apart and great: the exponentials must not overflow.
TEST(attention_survives_great_scores) {
  const KvLayout layout{1, 1, 16, 4, EBB_KV_F32};
  AlignedBytes bytes(layout.block_bytes());
  const KvMemory memory{bytes.data(), 1, layout.block_bytes()};
  const std::vector<float> keys = {500, 0, 0, 0, -500, 0, 0, 0};
  const std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8};
  const int32_t slots[] = {0, 1};
  reference::kv_write(memory, layout, 0, slots, 2, keys.data(), values.data());
  const int32_t table[] = {0};
  const float q[] = {100, 0, 0, 0};
  std::vector<float> scratch;
  std::vector<float> out(4);
  reference::attention(q, {memory, layout, table, 0, 0, 0, 1}, scratch, out.data());
  CHECK((out == std::vector<float>{1, 2, 3, 4}));
}

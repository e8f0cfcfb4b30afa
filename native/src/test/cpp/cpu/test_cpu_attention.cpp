// Attention kernels of the cpu backend: against double, and against themselves in
// other cuts of the same work.
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "check.h"
#include "core/dequantize.h"
#include "cpu/features.h"

using namespace ebb;
using namespace ebb::test;

namespace {

struct Config {
  int32_t head_dim = 64;
  int32_t positions = 150;   // ends inside a span, and inside sixteen
  int32_t block_tokens = 16;
  int32_t kv_heads = 2;
  bool half = true;
  int32_t window = 0;
};

// Random keys and values in scattered blocks; what lies past `positions` is NaN.
class Keys {
 public:
  explicit Keys(const Config &config) : config_(config) {
    const int32_t blocks = (config.positions + config.block_tokens - 1) / config.block_tokens;
    for (int32_t b = 0; b < blocks; ++b) table_.push_back((b * 7 + 3) % blocks_total(blocks));
    memory_.assign(static_cast<size_t>(blocks_total(blocks)) * block_bytes(), 0xFF);
    for (int part = 0; part < 2; ++part) {
      for (int32_t h = 0; h < config.kv_heads; ++h) {
        for (int32_t p = 0; p < config.positions; ++p) write(part, h, p);
      }
    }
  }

  cpu::AttentionCall call() const {
    cpu::AttentionCall call = {};
    call.memory = memory_.data();
    call.block_bytes = block_bytes();
    call.value_offset = static_cast<size_t>(config_.kv_heads) * head_bytes();
    call.head_bytes = head_bytes();
    call.token_bytes = token_bytes();
    call.block_table = table_.data();
    call.block_tokens = config_.block_tokens;
    call.half = config_.half;
    call.head_dim = config_.head_dim;
    call.kv_heads = config_.kv_heads;
    return call;
  }

  double element(int part, int32_t head, int32_t position, int32_t d) const {
    const uint8_t *at = address(part, head, position);
    if (!config_.half) {
      float value;
      std::memcpy(&value, at + 4 * d, 4);
      return value;
    }
    uint16_t value;
    std::memcpy(&value, at + 2 * d, 2);
    return f16_to_f32(value);
  }

 private:
  static int32_t blocks_total(int32_t blocks) { return blocks * 7 + 4; }
  size_t token_bytes() const { return static_cast<size_t>(config_.head_dim) * (config_.half ? 2 : 4); }
  size_t head_bytes() const { return static_cast<size_t>(config_.block_tokens) * token_bytes(); }
  size_t block_bytes() const { return 2 * static_cast<size_t>(config_.kv_heads) * head_bytes(); }

  const uint8_t *address(int part, int32_t head, int32_t position) const {
    const auto block = static_cast<size_t>(table_[static_cast<size_t>(position / config_.block_tokens)]);
    return memory_.data() + block * block_bytes() +
           static_cast<size_t>(part * config_.kv_heads + head) * head_bytes() +
           static_cast<size_t>(position % config_.block_tokens) * token_bytes();
  }

  void write(int part, int32_t head, int32_t position) {
    const auto seed = static_cast<uint32_t>((part * 8 + head) * 10000 + position);
    const auto values = random_floats(static_cast<size_t>(config_.head_dim), seed);
    auto *at = const_cast<uint8_t *>(address(part, head, position));
    for (size_t d = 0; d < values.size(); ++d) {
      const uint16_t half = f32_to_f16(values[d]);
      config_.half ? std::memcpy(at + 2 * d, &half, 2) : std::memcpy(at + 4 * d, &values[d], 4);
    }
  }

  Config config_;
  std::vector<int32_t> table_;
  std::vector<uint8_t> memory_;
};

// Query rows of each KV head, `group` of them at each position from `first` on.
struct Queries {
  Queries(const Config &config, int32_t first_position, int32_t count, int32_t group) {
    rows = count * group;
    for (int32_t r = 0; r < rows; ++r) {
      const int32_t position = first_position + r / group;
      first.push_back(config.window > 0 ? std::max(0, position - config.window + 1) : 0);
      limit.push_back(position + 1);
    }
    for (int32_t h = 0; h < config.kv_heads; ++h) {
      for (int32_t r = 0; r < rows; ++r) {
        const auto seed = static_cast<uint32_t>(h * 1000 + (first_position * group + r));
        const auto row = random_floats(static_cast<size_t>(config.head_dim), 70000u + seed, 0.4f);
        q.insert(q.end(), row.begin(), row.end());
      }
    }
  }
  int32_t rows;
  std::vector<int32_t> first, limit;
  std::vector<float> q;
};

// [kv_heads][rows][head_dim]; `split`: every span apart, merged afterwards.
std::vector<float> attend(const cpu::Kernels &kernels, const Config &config, const Keys &keys,
                          const Queries &queries, bool split) {
  cpu::AttentionCall call = keys.call();
  call.q = queries.q.data();
  call.rows = queries.rows;
  call.first = queries.first.data();
  call.limit = queries.limit.data();
  call.span_begin = queries.first.front() / cpu::kSpan;
  call.span_end = (queries.limit.back() - 1) / cpu::kSpan + 1;
  std::vector<float> scratch(cpu::attention_scratch_floats(config.head_dim));
  call.scratch = scratch.data();
  const auto row = static_cast<size_t>(cpu::state_floats(config.head_dim));
  const size_t all = static_cast<size_t>(queries.rows * config.kv_heads) * row;
  const auto spans = static_cast<size_t>(call.span_end - call.span_begin);
  std::vector<float> states(all * (split ? spans : 1));
  call.state = states.data();
  call.separate = split;
  kernels.attend(call);
  for (size_t s = 1; split && s < spans; ++s) {
    for (size_t at = 0; at < all; at += row) {
      kernels.merge(states.data() + at, states.data() + s * all + at, config.head_dim);
    }
  }
  const auto n = static_cast<size_t>(config.head_dim);
  std::vector<float> out(all / row * n);
  for (size_t r = 0; r < all / row; ++r) {
    kernels.finish(states.data() + r * row, config.head_dim, out.data() + r * n);
  }
  return out;
}

std::vector<double> exact(const Config &config, const Keys &keys, const Queries &queries) {
  std::vector<double> out;
  for (int32_t h = 0; h < config.kv_heads; ++h) {
    for (int32_t r = 0; r < queries.rows; ++r) {
      std::vector<double> sums(static_cast<size_t>(config.head_dim));
      double total = 0;
      const float *q = queries.q.data() + (h * queries.rows + r) * config.head_dim;
      for (int32_t p = queries.first[static_cast<size_t>(r)]; p < queries.limit[static_cast<size_t>(r)]; ++p) {
        double score = 0;
        for (int32_t d = 0; d < config.head_dim; ++d) score += q[d] * keys.element(0, h, p, d);
        const double weight = std::exp(score);
        total += weight;
        for (int32_t d = 0; d < config.head_dim; ++d) {
          sums[static_cast<size_t>(d)] += weight * keys.element(1, h, p, d);
        }
      }
      for (const double sum : sums) out.push_back(sum / total);
    }
  }
  return out;
}

std::vector<Config> configs() {
  std::vector<Config> all(1);
  for (const int32_t head_dim : {10, 16, 72, 80, 128}) {
    all.push_back({});
    all.back().head_dim = head_dim;
  }
  all.push_back({});
  all.back().half = false;
  all.push_back({});
  all.back().window = 37;
  all.push_back({});
  all.back().block_tokens = 5;
  return all;
}

}  // namespace

TEST(cpu_attention_matches_double) {
  for (const Config &config : configs()) {
    const Keys keys(config);
    for (const cpu::Kernels *kernels : cpu::runnable_kernels()) {
      // One row, as many as fit the path for few, and a tile that crosses a span.
      for (const auto &[first, count, group] :
           {std::array{0, 1, 1}, {149, 1, 3}, {63, 1, 4}, {64, 1, 7}, {50, 33, 3}}) {
        const Queries queries(config, first, count, group);
        const auto out = attend(*kernels, config, keys, queries, false);
        CHECK(relative_l2(out, exact(config, keys, queries)) <= 2e-6);
      }
    }
  }
}

// Each row alone, in a tile of many, and with its spans apart: the same bits.
TEST(cpu_attention_does_not_depend_on_the_cut) {
  constexpr int32_t kGroup = 3;
  for (const Config &config : configs()) {
    const Keys keys(config);
    const auto all_kernels = cpu::runnable_kernels();
    const Queries queries(config, 40, 100, kGroup);
    const auto whole = attend(*all_kernels.front(), config, keys, queries, false);
    const auto row_floats = static_cast<int64_t>(kGroup) * config.head_dim;
    for (const cpu::Kernels *kernels : all_kernels) {
      CHECK(attend(*kernels, config, keys, queries, false) == whole);
      CHECK(attend(*kernels, config, keys, queries, true) == whole);
      for (const int32_t token : {0, 23, 24, 87, 99}) {
        const Queries one(config, 40 + token, 1, kGroup);
        for (const bool split : {false, true}) {
          const auto alone = attend(*kernels, config, keys, one, split);
          for (int32_t h = 0; h < config.kv_heads; ++h) {
            const auto *expected = whole.data() + (h * 100 + token) * row_floats;
            CHECK(std::equal(expected, expected + row_floats, alone.data() + h * row_floats));
          }
        }
      }
    }
  }
}

// A later token whose value overflowed must not reach an earlier one.
TEST(cpu_attention_does_not_see_later_infinities) {
  Config config;
  config.half = false;
  const Keys keys(config);
  cpu::AttentionCall call = keys.call();
  auto *last = const_cast<uint8_t *>(call.memory) + static_cast<size_t>(call.block_table[2]) * call.block_bytes +
               call.value_offset + 15 * call.token_bytes;
  const Queries before(config, 32, 15, 1);
  const auto kernels = cpu::runnable_kernels();
  const auto clean = attend(*kernels.front(), config, keys, before, false);
  const float infinity = std::numeric_limits<float>::infinity();
  for (int32_t d = 0; d < config.head_dim; ++d) std::memcpy(last + 4 * d, &infinity, 4);
  const Queries with(config, 32, 16, 1);
  for (const cpu::Kernels *each : kernels) {
    const auto all = attend(*each, config, keys, with, false);
    const auto n = static_cast<size_t>(15 * config.head_dim);
    CHECK(std::equal(clean.begin(), clean.begin() + static_cast<int64_t>(n), all.begin()));
    CHECK(!std::isfinite(all[n]));
  }
}

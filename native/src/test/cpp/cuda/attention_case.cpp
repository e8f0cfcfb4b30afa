#include "cuda/attention_case.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <optional>

#include "check.h"
#include "core/dequantize.h"
#include "core/kv_int8.h"
#include "cuda/device.h"

namespace ebb::test {
namespace {

constexpr int32_t kBlockTokens = 16;
constexpr int32_t kLayers = 2;
constexpr int32_t kLayer = 1;

std::vector<uint16_t> random_halves(size_t count, uint32_t seed) {
  std::vector<uint16_t> halves;
  for (const float value : random_floats(count, seed)) halves.push_back(f32_to_f16(value));
  return halves;
}

// Numbers that F16 holds.
std::vector<float> half_floats(size_t count, uint32_t seed) {
  std::vector<float> floats;
  for (const uint16_t bits : random_halves(count, seed)) floats.push_back(f16_to_f32(bits));
  return floats;
}

}  // namespace

AttentionCase::AttentionCase(const AttentionShape &shape, const std::vector<Part> &parts, uint32_t seed)
    : shape_(shape), parts_(parts), layout_{kLayers, shape.kv_heads, kBlockTokens, shape.head_dim,
                                              shape.kv_type} {
  int32_t blocks = 0;
  for (const Part &part : parts) blocks += (part.first + part.count + kBlockTokens - 1) / kBlockTokens;
  std::vector<int32_t> order(static_cast<size_t>(blocks + 3));  // three blocks that nobody owns
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(seed));
  // What nobody wrote is NaN: it must not be read, or not count.
  kv_.assign(order.size() * layout_.block_bytes(), 0xFF);
  const size_t kv_width = static_cast<size_t>(shape.kv_heads * shape.head_dim);
  for (size_t s = 0; s < parts.size(); ++s) {
    const Part &part = parts[s];
    const auto length = static_cast<size_t>(part.first + part.count);
    for (const uint32_t which : {0u, 1u}) {
      true_[which].push_back(half_floats(length * kv_width, seed * 100 + static_cast<uint32_t>(3 * s) + which));
      stored_[which].emplace_back(length * kv_width);
    }
    const auto q = random_halves(length * static_cast<size_t>(shape.heads * shape.head_dim),
                                 seed * 100 + static_cast<uint32_t>(3 * s + 2));
    q_.insert(q_.end(), q.begin() + int64_t{part.first} * shape.heads * shape.head_dim, q.end());
    table_begin_.push_back(static_cast<int32_t>(table_.size()));
    for (int32_t p = 0; p < part.first + part.count; ++p) {
      if (p % kBlockTokens == 0) {
        table_.push_back(order.back());
        order.pop_back();
      }
      for (int32_t h = 0; h < shape.kv_heads; ++h) {
        uint8_t *block = kv_.data() + static_cast<size_t>(table_.back()) * layout_.block_bytes();
        for (const KvLayout::Part which : {KvLayout::kKeys, KvLayout::kValues}) {
          store(block + layout_.head_offset(kLayer, which, h), p % kBlockTokens, &true_[which][s][index(p, h)],
                &stored_[which][s][index(p, h)]);
        }
      }
      if (p >= part.first) {
        positions_.push_back(p);
        splits_ = std::max(splits_, p / cuda::kSplitPositions - first_visible(p) / cuda::kSplitPositions + 1);
      }
    }
    tokens_ += part.count;
  }
}

int32_t AttentionCase::first_visible(int32_t position) const {
  return shape_.sliding_window == 0 ? 0 : std::max(0, position - shape_.sliding_window + 1);
}

std::vector<cuda::QueryTile> AttentionCase::tiles(int32_t rows_max) const {
  std::vector<cuda::QueryTile> tiles;
  const int32_t group = shape_.heads / shape_.kv_heads;
  const int32_t each = rows_max / group;
  int32_t token = 0;
  for (size_t s = 0; s < parts_.size(); ++s) {
    for (int32_t t = 0; t < parts_[s].count; t += each) {
      const int32_t count = std::min(each, parts_[s].count - t);
      const int32_t first = first_visible(parts_[s].first + t) / cuda::kSplitPositions;
      const int32_t last = (parts_[s].first + t + count - 1) / cuda::kSplitPositions;
      for (int32_t split = first; split <= last; ++split) {
        tiles.push_back({token + t, count * group, table_begin_[s], split});
      }
    }
    token += parts_[s].count;
  }
  return tiles;
}

const char *path_name(Path path) { return path == Path::kMma ? "mma" : "sm90"; }

std::vector<Path> attention_paths() {
#if defined(EBB_ON_DEVICE)
  if (!cuda::device_is_sm90()) return {Path::kMma};
#endif
  return {Path::kMma, Path::kSm90};
}

std::vector<int32_t> head_dims(const std::vector<int32_t> &all, ebb_kv_type kv_type) {
  std::vector<int32_t> possible;
  for (const int32_t head_dim : all) {
    if (cuda::attention_shared_bytes({1, 1, kBlockTokens, head_dim, kv_type}) <= cuda::device_shared_bytes()) {
      possible.push_back(head_dim);
    } else {
      std::printf("  not on this device, for lack of shared memory: heads of %d\n", head_dim);
    }
  }
  return possible;
}

std::vector<float> AttentionCase::run(Path path, Kind kind, simt::Counters *attention_only) const {
  const cuda::TileRows most = path == Path::kMma ? cuda::kMmaRows : cuda::sm90_rows(shape_.head_dim);
  const int32_t rows_max = kind == Kind::kFew ? most.few : most.many;
  const auto width = static_cast<size_t>(shape_.heads * shape_.head_dim);
  const auto stride = static_cast<size_t>(cuda::padded(static_cast<int64_t>(width)));
  const auto rows = static_cast<size_t>(tokens_);
  const simt::Buffer<uint16_t> q("q", q_);
  const simt::Buffer<int32_t> positions("positions", positions_), table("table", table_);
  const simt::Buffer<uint8_t> kv("kv", kv_);
  const simt::Buffer<cuda::QueryTile> tiles_d("tiles", tiles(rows_max));
  const simt::Buffer<float> partial(
      "partial", rows * static_cast<size_t>(shape_.heads * splits_ * (shape_.head_dim + 2)));
  const simt::Buffer<uint16_t> to("to", rows * stride);
  std::optional<cuda::TensorMap> map;
  if (path == Path::kSm90) {
    const auto kv_rows = static_cast<int64_t>(kv_.size() / layout_.token_bytes());
    map = cuda::tensor_rows(kv.data(), shape_.head_dim, kv_rows, kBlockTokens);
  }
  const cuda::Attention op{q.data(), positions.data(), table.data(), kv.data(), map ? &*map : nullptr,
                           layout_, kLayer, shape_.heads, shape_.sliding_window, tokens_, splits_,
                           partial.data(), to.data()};
  cuda::attention(op, tiles_d.data(), static_cast<int32_t>(tiles_d.size()), rows_max, nullptr);
  if (attention_only != nullptr) *attention_only = simt::Machine::get().counters;
  cuda::attention_merge(op, nullptr);
  const std::vector<uint16_t> bits = to.read();
  std::vector<float> result;
  for (size_t t = 0; t < rows; ++t) {
    for (size_t i = 0; i < width; ++i) result.push_back(f16_to_f32(bits[t * stride + i]));
    for (size_t i = width; i < stride; ++i) CHECK_EQUAL(bits[t * stride + i], 0);
  }
  return result;
}

// Where a token's head begins in true_ and stored_.
size_t AttentionCase::index(int32_t position, int head) const {
  return static_cast<size_t>(position * shape_.kv_heads + head) * static_cast<size_t>(shape_.head_dim);
}

// Writes a row of a head's part of a block, and what is read back from it.
void AttentionCase::store(uint8_t *head, int32_t row, const float *from, float *stored) const {
  const int32_t n = shape_.head_dim;
  uint8_t *to = head + static_cast<size_t>(row) * layout_.token_bytes();
  if (layout_.type == EBB_KV_I8) {
    auto *codes = reinterpret_cast<int8_t *>(to);
    const uint16_t scale = quantize_kv(from, n, codes);
    std::memcpy(head + layout_.scales_offset() + 2 * static_cast<size_t>(row), &scale, 2);
    dequantize_kv(codes, scale, n, stored);
    return;
  }
  for (int32_t d = 0; d < n; ++d) {
    const uint16_t bits = f32_to_f16(from[d]);
    std::memcpy(to + 2 * d, &bits, 2);
    stored[d] = f16_to_f32(bits);
  }
}

std::vector<double> AttentionCase::expected(Kept kept) const {
  const auto &parts = kept == Kept::kTrue ? true_ : stored_;
  std::vector<double> all;
  size_t token = 0;
  for (size_t s = 0; s < parts_.size(); ++s) {
    for (int32_t t = 0; t < parts_[s].count; ++t, ++token) {
      const int32_t last = parts_[s].first + t;
      for (int32_t h = 0; h < shape_.heads; ++h) {
        const int kv_head = h / (shape_.heads / shape_.kv_heads);
        const uint16_t *q = &q_[(token * static_cast<size_t>(shape_.heads) + static_cast<size_t>(h)) *
                                static_cast<size_t>(shape_.head_dim)];
        std::vector<double> out(static_cast<size_t>(shape_.head_dim));
        double sum = 0;
        for (int32_t p = first_visible(last); p <= last; ++p) {
          const float *key = &parts[0][s][index(p, kv_head)];
          const float *value = &parts[1][s][index(p, kv_head)];
          double score = 0;
          for (int32_t d = 0; d < shape_.head_dim; ++d) score += static_cast<double>(f16_to_f32(q[d])) * key[d];
          const double weight = std::exp(score / std::sqrt(shape_.head_dim));
          sum += weight;
          for (int32_t d = 0; d < shape_.head_dim; ++d) out[static_cast<size_t>(d)] += weight * value[d];
        }
        for (const double value : out) all.push_back(value / sum);
      }
    }
  }
  return all;
}

uint64_t AttentionCase::visible_pairs() const {
  uint64_t pairs = 0;
  for (const Part &part : parts_) {
    for (int32_t p = part.first; p < part.first + part.count; ++p) {
      pairs += static_cast<uint64_t>(p - first_visible(p) + 1);
    }
  }
  return pairs * static_cast<uint64_t>(shape_.heads);
}

uint64_t AttentionCase::kv_bytes() const {
  uint64_t positions = 0;
  for (const Part &part : parts_) {
    positions += static_cast<uint64_t>(part.first + part.count - first_visible(part.first));
  }
  return positions * 2 * static_cast<uint64_t>(shape_.kv_heads) * (layout_.token_bytes() + layout_.scale_bytes());
}

}  // namespace ebb::test

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/kv_int8.h"
#include "reference/dot.h"
#include "reference/ops.h"

namespace ebb::reference {
namespace {

// One head's [block_tokens][head_dim] of a block as floats: the block itself, or
// a converted copy in `converted`.
const float *block_floats(const AttentionView &view, int32_t logical, KvLayout::Part part,
                          float *converted) {
  const uint8_t *bytes = view.memory.block(view.block_table[logical]) +
                         view.layout.head_offset(view.layer, part, view.kv_head);
  if (view.layout.type == EBB_KV_F32) return reinterpret_cast<const float *>(bytes);
  const int32_t n = view.layout.head_dim;
  for (int32_t token = 0; token < view.layout.block_tokens; ++token) {
    const uint8_t *row = bytes + static_cast<size_t>(token) * view.layout.token_bytes();
    float *to = converted + int64_t{token} * n;
    if (view.layout.type == EBB_KV_F16) {
      const auto *halves = reinterpret_cast<const uint16_t *>(row);
      for (int32_t i = 0; i < n; ++i) to[i] = f16_to_f32(halves[i]);
    } else {
      uint16_t scale;
      std::memcpy(&scale, bytes + view.layout.scales_offset() + 2 * static_cast<size_t>(token), sizeof(scale));
      dequantize_kv(reinterpret_cast<const int8_t *>(row), scale, n, to);
    }
  }
  return converted;
}

// Calls body(index of the position among the visible ones, its vector), rising.
template <typename Body>
void each_position(const AttentionView &view, KvLayout::Part part, float *converted, Body &&body) {
  const int32_t size = view.layout.block_tokens;
  for (int32_t block = view.first / size; block <= view.last / size; ++block) {
    const float *vectors = block_floats(view, block, part, converted);
    const int32_t begin = std::max(view.first, block * size);
    const int32_t end = std::min(view.last, block * size + size - 1);
    for (int32_t p = begin; p <= end; ++p) {
      body(p - view.first, vectors + (p - block * size) * view.layout.head_dim);
    }
  }
}

// Replaces scores by exp(score - greatest) and returns their sum.
float exponentials(float *scores, int32_t count) {
  const float greatest = *std::max_element(scores, scores + count);
  float sum = 0;
  for (int32_t i = 0; i < count; ++i) {
    scores[i] = std::exp(scores[i] - greatest);
    sum += scores[i];
  }
  return sum;
}

}  // namespace

void attention(const float *q, const AttentionView &view, std::vector<float> &scratch, float *out) {
  const int32_t n = view.layout.head_dim;
  const int32_t count = view.last - view.first + 1;
  const auto block = static_cast<size_t>(view.layout.block_tokens) * static_cast<size_t>(n);
  if (scratch.size() < block + static_cast<size_t>(count)) {
    scratch.resize(block + static_cast<size_t>(count) * 2);
  }
  float *converted = scratch.data();
  float *scores = converted + block;
  const float scale = 1.0f / std::sqrt(static_cast<float>(n));
  each_position(view, KvLayout::kKeys, converted, [&](int32_t i, const float *key) {
    scores[i] = dot(q, key, n) * scale;
  });
  const float sum = exponentials(scores, count);
  std::fill(out, out + n, 0.0f);
  each_position(view, KvLayout::kValues, converted, [&](int32_t i, const float *value) {
    const float weight = scores[i];
    for (int32_t d = 0; d < n; ++d) out[d] += weight * value[d];
  });
  for (int32_t d = 0; d < n; ++d) out[d] /= sum;
}

}  // namespace ebb::reference

// Queries, keys and values: one task computes whole heads, so that norm,
// rotation and the write to the KV block happen while they are in the cache.
#include <cmath>
#include <cstring>
#include <numeric>

#include "cpu/step.h"

namespace ebb::cpu {
namespace {

enum Kind { kQuery, kKey, kValue };

struct HeadMatrix {
  Kind kind;
  const PackedMatrix &matrix;
  const Floats &bias;
  const Floats *norm;  // QK-norm
  int32_t heads;
};

void add_bias(const Floats &bias, int64_t head, int32_t n, float *x) {
  if (bias.empty()) return;
  for (int32_t i = 0; i < n; ++i) x[i] += bias[static_cast<size_t>(head * n + i)];
}

void write_kv(const Step &step, int layer, KvLayout::Part part, int head, int64_t token,
              const float *x) {
  const KvLayout &layout = step.model.kv;
  const int32_t slot = step.batch.slot_mapping[token];
  uint8_t *to = step.memory.block(slot / layout.block_tokens) + layout.head_offset(layer, part, head) +
                static_cast<size_t>(slot % layout.block_tokens) * layout.token_bytes();
  if (layout.type == EBB_KV_F16) {
    step.kernels.to_f16(x, layout.head_dim, reinterpret_cast<uint16_t *>(to));
  } else {
    std::memcpy(to, x, layout.token_bytes());
  }
}

// One head of one token, from the product to its place.
void place_head(const Step &step, int layer, const HeadMatrix &m, int32_t head, int64_t token,
                float *x) {
  const Model &model = step.model;
  const int32_t n = model.head_dim;
  add_bias(m.bias, head, n, x);
  if (m.kind == kValue) return write_kv(step, layer, KvLayout::kValues, head, token, x);
  if (!m.norm->empty()) step.kernels.rms_norm(x, m.norm->data(), n, model.rms_epsilon, x);
  const int32_t position = step.batch.positions[token];
  rope_rotate(x, model.rope_pairing, step.rope.cosines(position), step.rope.sines(position),
              step.rope.pairs());
  if (m.kind == kKey) return write_kv(step, layer, KvLayout::kKeys, head, token, x);
  const float scale = 1.0f / std::sqrt(static_cast<float>(n));
  float *to = step.q.data() + (token * model.heads + head) * n;
  for (int32_t i = 0; i < n; ++i) to[i] = x[i] * scale;
}

}  // namespace

void project_heads(Step &step, int layer) {
  const Model &model = step.model;
  const LayerWeights &w = step.weights.layers[static_cast<size_t>(layer)];
  const HeadMatrix matrices[] = {{kQuery, w.q, w.q_bias, &w.q_norm, model.heads},
                                 {kKey, w.k, w.k_bias, &w.k_norm, model.kv_heads},
                                 {kValue, w.v, w.v_bias, nullptr, model.kv_heads}};
  // The fewest heads that fill whole tiles of rows.
  const int32_t rows = std::lcm(model.head_dim, kTileRows);
  const int32_t heads_each = rows / model.head_dim;
  const auto units = [&](int32_t heads) { return (heads + heads_each - 1) / heads_each; };
  const int64_t q_units = units(model.heads);
  const int64_t kv_units = units(model.kv_heads);
  const ActivationTiles &input = step.normed;
  each_product(step, input, q_units + 2 * kv_units, [&](int64_t unit, int64_t tile, ThreadScratch &scratch) {
    const int64_t which = unit < q_units ? 0 : 1 + (unit - q_units) / kv_units;
    const HeadMatrix &m = matrices[which];
    const int64_t own = which == 0 ? unit : (unit - q_units) % kv_units;
    const int64_t row_tile = own * rows / kTileRows;
    const int64_t tiles = std::min<int64_t>(rows / kTileRows, m.matrix.tiles() - row_tile);
    float *y = scratch.products.reserve(static_cast<size_t>(rows) * kTokensMax);
    multiply(step, m.matrix, input, tile, row_tile, tiles, y, rows);
    for (int t = 0; t < input.count(tile); ++t) {
      for (int32_t h = 0; h < heads_each && own * heads_each + h < m.heads; ++h) {
        place_head(step, layer, m, static_cast<int32_t>(own) * heads_each + h, input.begin(tile) + t,
                   y + t * rows + h * model.head_dim);
      }
    }
  });
}

}  // namespace ebb::cpu

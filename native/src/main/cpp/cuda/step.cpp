#include "cuda/step.h"

#include <algorithm>

namespace ebb::cuda {

struct Step::Pass {
  const Model &model;
  const Weights &weights;
  RopeTable &rope_table;
  const Batch &batch;
  const DeviceKv &kv;
  TileRows rows;
  TilePlan tiles;

  int64_t q_width() const { return int64_t{model.heads} * model.head_dim; }
  int64_t kv_width() const { return int64_t{model.kv_heads} * model.head_dim; }
};

void Step::run(const Model &model, const Weights &weights, RopeTable &rope_table, const Batch &batch,
               const DeviceKv &kv, KvTravel &travel) {
  const TileRows rows = kv.map != nullptr ? sm90_rows(model.head_dim) : kMmaRows;
  Pass pass{model, weights, rope_table, batch, kv, rows, plan_tiles(model, batch, rows)};
  const BlockPlan blocks = plan_blocks(model, batch);
  try {
    travel.begin(blocks);
    compute(pass, travel);
    travel.finish();
  } catch (...) {
    travel.abandon();
    throw;
  }
}

void Step::compute(Pass &pass, KvTravel &travel) {
  const Weights &weights = pass.weights;
  put_inputs(pass);
  embedding(weights.token_embedding.get(), token_ids_.data(), pass.batch.tokens, x_.data(), stream_);
  for (int32_t layer = 0; layer < static_cast<int32_t>(weights.layers.size()); ++layer) {
    attention_block(pass, layer, travel);
    feed_forward_block(pass, layer);
  }
  logits(pass);
}

void Step::put_inputs(Pass &pass) {
  const Batch &batch = pass.batch;
  const auto tokens = static_cast<size_t>(batch.tokens);
  const auto wide = [&](int64_t n) { return tokens * static_cast<size_t>(padded(n)); };
  token_ids_.put(batch.token_ids, tokens, stream_);
  positions_.put(batch.positions, tokens, stream_);
  slots_.put(batch.slot_mapping, tokens, stream_);
  block_table_.put(batch.block_table, static_cast<size_t>(batch.block_indptr[batch.sequences]), stream_);
  output_rows_.put(batch.output_rows, static_cast<size_t>(batch.outputs), stream_);
  few_.put(pass.tiles.few.data(), pass.tiles.few.size(), stream_);
  many_.put(pass.tiles.many.data(), pass.tiles.many.size(), stream_);
  pass.rope_table.reserve(batch.position_max);
  if (batch.position_max >= angles_ready_) {
    // Some ahead, so that a growing sequence does not send its table every step.
    const int32_t ready = std::min(std::max(2 * batch.position_max, 255), pass.model.context - 1) + 1;
    pass.rope_table.reserve(ready - 1);
    const auto row = static_cast<size_t>(pass.rope_table.pairs()) * 2;
    angles_.put(pass.rope_table.cosines(0), static_cast<size_t>(ready) * row, stream_);
    angles_ready_ = ready;
  }
  x_.reserve(tokens * static_cast<size_t>(pass.model.hidden));
  added_.reserve(tokens * static_cast<size_t>(pass.model.hidden));
  qkv_.reserve(tokens * static_cast<size_t>(pass.q_width() + 2 * pass.kv_width()));
  q_.reserve(tokens * static_cast<size_t>(pass.q_width()));
  gate_up_.reserve(tokens * 2 * static_cast<size_t>(pass.model.ffn));
  partial_.reserve(tokens * static_cast<size_t>(pass.model.heads * pass.tiles.splits) *
                   static_cast<size_t>(pass.model.head_dim + 2));
  normed_.reserve(wide(pass.model.hidden));
  attended_.reserve(wide(pass.q_width()));
  gated_.reserve(wide(pass.model.ffn));
  gated_scales_.reserve(tokens);
}

void Step::project(const Pass &pass, const DeviceMatrix &w, const float *bias, const uint16_t *x, float *y,
                   int64_t y_stride) {
  matmul({w.get(), x, nullptr, bias, y, pass.batch.tokens, y_stride}, stream_);
}

// What the next RMSNorm adds to the residual stream.
void Step::project_residual(const Pass &pass, const DeviceMatrix &w, const float *bias, const uint16_t *x,
                            const float *x_scales) {
  matmul({w.get(), x, x_scales, bias, added_.data(), pass.batch.tokens, pass.model.hidden}, stream_);
}

void Step::attention_block(const Pass &pass, int32_t layer, KvTravel &travel) {
  const LayerWeights &w = pass.weights.layers[static_cast<size_t>(layer)];
  const Model &m = pass.model;
  const int64_t tokens = pass.batch.tokens;
  const int64_t stride = pass.q_width() + 2 * pass.kv_width();
  rms_norm({x_.data(), layer == 0 ? nullptr : added_.data(), w.attention_norm.data(), nullptr, normed_.data(), tokens,
            m.hidden, m.rms_epsilon},
           stream_);
  project(pass, w.q, w.q_bias.data(), normed_.data(), qkv_.data(), stride);
  project(pass, w.k, w.k_bias.data(), normed_.data(), qkv_.data() + pass.q_width(), stride);
  project(pass, w.v, w.v_bias.data(), normed_.data(), qkv_.data() + pass.q_width() + pass.kv_width(), stride);
  travel.before_layer(layer);
  rope({qkv_.data(), positions_.data(), slots_.data(), angles_.data(), w.q_norm.data(), w.k_norm.data(), q_.data(),
        pass.kv.blocks, m.kv, tokens, layer, m.heads, m.rope_dims, m.rope_pairing == EBB_ROPE_INTERLEAVED,
        m.rms_epsilon},
       stream_);
  travel.after_layer(layer);
  const Attention op{q_.data(), positions_.data(), block_table_.data(), pass.kv.blocks, pass.kv.map, m.kv, layer,
                     m.heads, m.sliding_window, pass.batch.tokens, pass.tiles.splits, partial_.data(),
                     attended_.data()};
  attention(op, few_.data(), static_cast<int32_t>(pass.tiles.few.size()), pass.rows.few, stream_);
  attention(op, many_.data(), static_cast<int32_t>(pass.tiles.many.size()), pass.rows.many, stream_);
  attention_merge(op, stream_);
  project_residual(pass, w.attention_output, w.attention_output_bias.data(), attended_.data(), nullptr);
}

void Step::feed_forward_block(const Pass &pass, int32_t layer) {
  const LayerWeights &w = pass.weights.layers[static_cast<size_t>(layer)];
  const Model &m = pass.model;
  const int64_t tokens = pass.batch.tokens;
  rms_norm({x_.data(), added_.data(), w.ffn_norm.data(), nullptr, normed_.data(), tokens, m.hidden, m.rms_epsilon},
           stream_);
  project(pass, w.ffn_gate, nullptr, normed_.data(), gate_up_.data(), 2 * int64_t{m.ffn});
  project(pass, w.ffn_up, nullptr, normed_.data(), gate_up_.data() + m.ffn, 2 * int64_t{m.ffn});
  swiglu({gate_up_.data(), gated_.data(), gated_scales_.data(), tokens, m.ffn}, stream_);
  project_residual(pass, w.ffn_down, nullptr, gated_.data(), gated_scales_.data());
}

// Only the wanted rows are normalised and multiplied.
void Step::logits(const Pass &pass) {
  const Batch &batch = pass.batch;
  rows_ = batch.outputs;
  if (batch.outputs == 0) return;
  const Model &m = pass.model;
  const auto count = static_cast<size_t>(batch.outputs) * static_cast<size_t>(m.vocabulary);
  rms_norm({x_.data(), added_.data(), pass.weights.output_norm.data(), output_rows_.data(), normed_.data(),
            batch.outputs, m.hidden, m.rms_epsilon},
           stream_);
  float *to = logits_.reserve(count);
  matmul({pass.weights.output(), normed_.data(), nullptr, nullptr, to, batch.outputs, m.vocabulary}, stream_);
  if (!batch.keep_logits) download(batch.logits, to, count * sizeof(float), stream_);
}

Sampling Step::put_draws(const SamplingView &view, int32_t vocabulary) {
  const auto count = static_cast<size_t>(view.draws);
  // Slots of adjusted rows, then those of candidates.
  std::vector<int32_t> slots(2 * count, -1);
  int32_t adjusted = 0;
  int32_t candidates = 0;
  for (size_t i = 0; i < count; ++i) {
    if (view.draw_list[i].adjustments > 0) slots[i] = adjusted++;
    if (needs_candidates(view.draw_list[i], view.choosable)) slots[count + i] = candidates++;
  }
  size_t each = 1;
  while (each < static_cast<size_t>(view.choosable)) each *= 2;
  const int32_t *slots_d = slots_of_draws_.put(slots.data(), slots.size(), stream_);
  synchronize(stream_);  // `slots` goes
  return {logits_.data(),
          vocabulary,
          view.choosable,
          view.draws,
          draws_.put(view.draw_list, count, stream_),
          adjustments_.put(view.adjustment_list, static_cast<size_t>(view.adjustments), stream_),
          slots_d,
          slots_d + count,
          adjusted_.reserve(static_cast<size_t>(adjusted) * static_cast<size_t>(vocabulary)),
          candidates_.reserve(static_cast<size_t>(candidates) * each * 16),
          static_cast<int64_t>(each),
          chains_.reserve(count * 4 * static_cast<size_t>(stretches_of(view.choosable))),
          tokens_.reserve(count)};
}

void Step::choose(const SamplingView &view, int32_t vocabulary) {
  if (view.draws == 0) return;
  const Sampling op = put_draws(view, vocabulary);
  penalties(op, stream_);
  sampling(op, stream_);
  download(view.tokens, op.tokens, static_cast<size_t>(view.draws) * sizeof(int32_t), stream_);
  synchronize(stream_);
}

}  // namespace ebb::cuda

#include "cuda/step.h"

#include <algorithm>

#include "core/error.h"

namespace ebb::cuda {

// What launches are made for: what the step has, or the bounds of its shape.
struct Step::Bounds {
  int32_t tokens;
  int32_t outputs;
  int32_t few;   // tiles of either kind
  int32_t many;
  int32_t splits;
};

struct Step::Pass {
  const Model &model;
  const Weights &weights;
  RopeTable &rope_table;
  const Batch &batch;
  const DeviceKv &kv;
  TileRows rows;
  TilePlan tiles;
  Bounds bounds;
  // How much is there of a shape's bounds, on the host and on the device; NULL where the bounds are what is there.
  int32_t live[3];
  const int32_t *live_tokens = nullptr;
  const int32_t *live_outputs = nullptr;
  const int32_t *live_tiles = nullptr;

  Pass(const Model &m, const Weights &w, RopeTable &table, const Batch &b, const DeviceKv &memory)
      : model(m), weights(w), rope_table(table), batch(b), kv(memory),
        rows(memory.map != nullptr ? sm90_rows(m.head_dim) : kMmaRows), tiles(plan_tiles(m, b, rows)) {
    as_it_is();
    live[0] = bounds.tokens;
    live[1] = bounds.outputs;
    live[2] = bounds.few + bounds.many;
  }

  int32_t layers() const { return static_cast<int32_t>(weights.layers.size()); }
  int64_t q_width() const { return int64_t{model.heads} * model.head_dim; }
  int64_t kv_width() const { return int64_t{model.kv_heads} * model.head_dim; }

  // Launched plainly: the bounds are what the step has.
  void as_it_is() {
    bounds = {batch.tokens, batch.outputs, static_cast<int32_t>(tiles.few.size()),
              static_cast<int32_t>(tiles.many.size()), tiles.splits};
    live_tokens = live_outputs = live_tiles = nullptr;
  }

  // The tiles of decode are all in one of the two lists: how many rows each has is the model's.
  void fill_up(const StepShape &shape) {
    bounds = {shape.sequences, shape.sequences, bounds.few > 0 ? shape.tiles : 0, bounds.many > 0 ? shape.tiles : 0,
              shape.splits};
  }
};

void Step::use_graphs(bool wanted) {
  graphs_.drop();
  graphs_wanted_ = wanted;
}

void Step::run(const Model &model, const Weights &weights, RopeTable &rope_table, const Batch &batch,
               const DeviceKv &kv, KvTravel &travel) {
  Pass pass(model, weights, rope_table, batch, kv);
  const BlockPlan blocks = plan_blocks(model, batch);
  try {
    travel.begin(blocks);
    std::optional<StepShape> shape;
    if (graphs_wanted_) shape = decode_shape(batch, pass.tiles, travel.out_together());
    if (shape) pass.fill_up(*shape);
    put_inputs(pass);
    const StepGraphs::Pieces *pieces = shape ? pieces_of(pass, *shape) : nullptr;
    if (pieces != nullptr) {
      replay(pass, *shape, *pieces, travel);
    } else {
      compute(pass, travel);
    }
    rows_ = batch.outputs;
    // Where to is another place each step, so this is never part of a graph.
    const auto count = static_cast<size_t>(batch.outputs) * static_cast<size_t>(model.vocabulary);
    if (count > 0 && !batch.keep_logits) download(batch.logits, logits_.data(), count * sizeof(float), stream_);
    travel.finish();
  } catch (...) {
    travel.abandon();
    graphs_.drop();
    throw;
  }
}

void Step::compute(const Pass &pass, KvTravel &travel) {
  for (int32_t layer = 0; layer < pass.layers(); ++layer) {
    approach(pass, layer);
    travel.before_layer(layer);
    write_rows(pass, layer);
    travel.after_layer(layer);
  }
  finish(pass);
}

// What is kept of the shape, or captured now. NULL where the device refuses to make it: no kernel of the step was
// launched by then, so the pass is left as plain launches need it.
const StepGraphs::Pieces *Step::pieces_of(Pass &pass, const StepShape &shape) {
  put_live(pass);
  graphs_.settle(room());
  const StepGraphs::Pieces *pieces = graphs_.find(shape);
  if (pieces != nullptr) return pieces;
  try {
    return graphs_.keep(shape, capture(pass, shape));
  } catch (const Error &error) {
    if (error.status() == EBB_DEVICE_LOST) throw;
    use_graphs(false);
    pass.as_it_is();
    note_ = std::string("decode steps are launched plainly from now on, since a CUDA graph could not be made (") +
            error.what() + ")";
    return nullptr;
  }
}

// The same with what was captured, in pieces: copies of rows have other addresses each step, so they stay outside, and
// the graph is cut where the next of them wait for what was computed.
void Step::replay(const Pass &pass, const StepShape &shape, const StepGraphs::Pieces &pieces, KvTravel &travel) {
  int32_t layer = 0;
  for (const OwnGraph &piece : pieces) {
    const int32_t end = std::min(layer + shape.together, pass.layers());
    for (int32_t l = layer; l < end; ++l) travel.before_layer(l);
    graph_launch(piece.get(), stream_);
    for (int32_t l = layer; l < end; ++l) travel.after_layer(l);
    layer = end;
    ++graph_counts().launched;
  }
}

// Pieces of shape.together layers, each up to where the last of them has written its rows, and what comes behind.
StepGraphs::Pieces Step::capture(const Pass &pass, const StepShape &shape) {
  StepGraphs::Pieces pieces;
  for (int32_t first = 0; first < pass.layers(); first += shape.together) {
    pieces.push_back(captured(stream_, [&] {
      for (int32_t layer = first; layer < std::min(first + shape.together, pass.layers()); ++layer) {
        approach(pass, layer);
        write_rows(pass, layer);
      }
    }));
  }
  pieces.push_back(captured(stream_, [&] { finish(pass); }));
  return pieces;
}

void Step::put_inputs(Pass &pass) {
  const Batch &batch = pass.batch;
  const auto tokens = static_cast<size_t>(batch.tokens);
  if (graphs_wanted_) {
    // For the greatest shape at once, so that seldom a buffer moves; more splits come with longer contexts.
    constexpr int32_t kMost = kGraphSequences;
    reserve(pass, {kMost, kMost, kMost, kMost, pass.bounds.splits});
    block_table_.reserve(static_cast<size_t>(kMost) * (static_cast<size_t>(pass.model.context) /
                                                           static_cast<size_t>(pass.model.kv.block_tokens) + 1));
  }
  reserve(pass, pass.bounds);
  token_ids_.put(batch.token_ids, tokens, stream_);
  positions_.put(batch.positions, tokens, stream_);
  slots_.put(batch.slot_mapping, tokens, stream_);
  block_table_.put(batch.block_table, static_cast<size_t>(batch.block_indptr[batch.sequences]), stream_);
  output_rows_.put(batch.output_rows, static_cast<size_t>(batch.outputs), stream_);
  few_.put(pass.tiles.few.data(), pass.tiles.few.size(), stream_);
  many_.put(pass.tiles.many.data(), pass.tiles.many.size(), stream_);
  put_angles(pass);
}

void Step::put_live(Pass &pass) {
  const int32_t *live = live_.put(pass.live, std::size(pass.live), stream_);
  pass.live_tokens = live;
  pass.live_outputs = live + 1;
  pass.live_tiles = live + 2;
}

void Step::put_angles(const Pass &pass) {
  pass.rope_table.reserve(pass.batch.position_max);
  if (pass.batch.position_max < angles_ready_) return;
  // Some ahead, so that a growing sequence does not send its table every step.
  const int32_t ready = std::min(std::max(2 * pass.batch.position_max, 255), pass.model.context - 1) + 1;
  pass.rope_table.reserve(ready - 1);
  const auto row = static_cast<size_t>(pass.rope_table.pairs()) * 2;
  angles_.put(pass.rope_table.cosines(0), static_cast<size_t>(ready) * row, stream_);
  angles_ready_ = ready;
}

void Step::reserve(const Pass &pass, const Bounds &bounds) {
  const Model &m = pass.model;
  const auto tokens = static_cast<size_t>(bounds.tokens);
  const auto outputs = static_cast<size_t>(bounds.outputs);
  const auto rows_of = [&](int64_t n) { return tokens * static_cast<size_t>(n); };
  for (DeviceArray<int32_t> *array : {&token_ids_, &positions_, &slots_}) array->reserve(tokens);
  output_rows_.reserve(outputs);
  few_.reserve(static_cast<size_t>(bounds.few));
  many_.reserve(static_cast<size_t>(bounds.many));
  x_.reserve(rows_of(m.hidden));
  added_.reserve(rows_of(m.hidden));
  qkv_.reserve(rows_of(pass.q_width() + 2 * pass.kv_width()));
  q_.reserve(rows_of(pass.q_width()));
  gate_up_.reserve(rows_of(2 * int64_t{m.ffn}));
  partial_.reserve(rows_of(int64_t{m.heads} * bounds.splits) * static_cast<size_t>(m.head_dim + 2));
  normed_.reserve(rows_of(padded(m.hidden)));
  attended_.reserve(rows_of(padded(pass.q_width())));
  gated_.reserve(rows_of(padded(m.ffn)));
  gated_scales_.reserve(tokens);
  logits_.reserve(outputs * static_cast<size_t>(m.vocabulary));
}

// Of all that a graph points at and that may move. Weights and the blocks of keys and values stay; where other blocks
// are attached, use_graphs is called.
size_t Step::room() const {
  return token_ids_.capacity() + positions_.capacity() + slots_.capacity() + block_table_.capacity() +
         output_rows_.capacity() + live_.capacity() + few_.capacity() + many_.capacity() + angles_.capacity() +
         x_.capacity() + added_.capacity() + qkv_.capacity() + gate_up_.capacity() + partial_.capacity() +
         logits_.capacity() + normed_.capacity() + q_.capacity() + attended_.capacity() + gated_.capacity() +
         gated_scales_.capacity();
}

void Step::project(const Pass &pass, const DeviceMatrix &w, const float *bias, const uint16_t *x, float *y,
                   int64_t y_stride) {
  matmul({w.get(), x, nullptr, bias, y, pass.bounds.tokens, y_stride, pass.live_tokens}, stream_);
}

// What the next RMSNorm adds to the residual stream.
void Step::project_residual(const Pass &pass, const DeviceMatrix &w, const float *bias, const uint16_t *x,
                            const float *x_scales) {
  matmul({w.get(), x, x_scales, bias, added_.data(), pass.bounds.tokens, pass.model.hidden, pass.live_tokens}, stream_);
}

// Up to where the layer's keys and values may be written.
void Step::approach(const Pass &pass, int32_t layer) {
  const int32_t tokens = pass.bounds.tokens;
  if (layer == 0) {
    embedding(pass.weights.token_embedding.get(), token_ids_.data(), tokens, x_.data(), stream_, pass.live_tokens);
  } else {
    rest_of_layer(pass, layer - 1);
  }
  const LayerWeights &w = pass.weights.layers[static_cast<size_t>(layer)];
  const Model &m = pass.model;
  const int64_t stride = pass.q_width() + 2 * pass.kv_width();
  rms_norm({x_.data(), layer == 0 ? nullptr : added_.data(), w.attention_norm.data(), nullptr, normed_.data(), tokens,
            m.hidden, m.rms_epsilon, pass.live_tokens},
           stream_);
  project(pass, w.q, w.q_bias.data(), normed_.data(), qkv_.data(), stride);
  project(pass, w.k, w.k_bias.data(), normed_.data(), qkv_.data() + pass.q_width(), stride);
  project(pass, w.v, w.v_bias.data(), normed_.data(), qkv_.data() + pass.q_width() + pass.kv_width(), stride);
}

void Step::write_rows(const Pass &pass, int32_t layer) {
  const LayerWeights &w = pass.weights.layers[static_cast<size_t>(layer)];
  const Model &m = pass.model;
  rope({qkv_.data(), positions_.data(), slots_.data(), angles_.data(), w.q_norm.data(), w.k_norm.data(), q_.data(),
        pass.kv.blocks, m.kv, pass.bounds.tokens, layer, m.heads, m.rope_dims,
        m.rope_pairing == EBB_ROPE_INTERLEAVED, m.rms_epsilon, pass.live_tokens},
       stream_);
}

void Step::rest_of_layer(const Pass &pass, int32_t layer) {
  attention_block(pass, layer);
  feed_forward_block(pass, layer);
}

void Step::attention_block(const Pass &pass, int32_t layer) {
  const LayerWeights &w = pass.weights.layers[static_cast<size_t>(layer)];
  const Model &m = pass.model;
  const Attention op{q_.data(), positions_.data(), block_table_.data(), pass.kv.blocks, pass.kv.map, m.kv, layer,
                     m.heads, m.sliding_window, pass.bounds.tokens, pass.bounds.splits, partial_.data(),
                     attended_.data(), pass.live_tiles, pass.live_tokens};
  attention(op, few_.data(), pass.bounds.few, pass.rows.few, stream_);
  attention(op, many_.data(), pass.bounds.many, pass.rows.many, stream_);
  attention_merge(op, stream_);
  project_residual(pass, w.attention_output, w.attention_output_bias.data(), attended_.data(), nullptr);
}

void Step::feed_forward_block(const Pass &pass, int32_t layer) {
  const LayerWeights &w = pass.weights.layers[static_cast<size_t>(layer)];
  const Model &m = pass.model;
  const int64_t tokens = pass.bounds.tokens;
  rms_norm({x_.data(), added_.data(), w.ffn_norm.data(), nullptr, normed_.data(), tokens, m.hidden, m.rms_epsilon,
            pass.live_tokens},
           stream_);
  project(pass, w.ffn_gate, nullptr, normed_.data(), gate_up_.data(), 2 * int64_t{m.ffn});
  project(pass, w.ffn_up, nullptr, normed_.data(), gate_up_.data() + m.ffn, 2 * int64_t{m.ffn});
  swiglu({gate_up_.data(), gated_.data(), gated_scales_.data(), tokens, m.ffn, pass.live_tokens}, stream_);
  project_residual(pass, w.ffn_down, nullptr, gated_.data(), gated_scales_.data());
}

// The rest of the last layer, and logits: only the wanted rows are normalised and multiplied.
void Step::finish(const Pass &pass) {
  rest_of_layer(pass, pass.layers() - 1);
  if (pass.bounds.outputs == 0) return;
  const Model &m = pass.model;
  rms_norm({x_.data(), added_.data(), pass.weights.output_norm.data(), output_rows_.data(), normed_.data(),
            pass.bounds.outputs, m.hidden, m.rms_epsilon, pass.live_outputs},
           stream_);
  matmul({pass.weights.output(), normed_.data(), nullptr, nullptr, logits_.data(), pass.bounds.outputs, m.vocabulary,
          pass.live_outputs},
         stream_);
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

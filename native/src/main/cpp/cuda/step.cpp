#include "cuda/step.h"

#include <algorithm>

#include "core/error.h"
#include "cuda/step_pass.h"

namespace ebb::cuda {

void Step::release() {
  // What buffers held is gone with them.
  graphs_.drop();
  angles_ready_ = 0;
  rows_ = 0;
  buffers_.release();
}

void Step::reserve(const Model &model, const StepBounds &most) {
  release();
  buffers_.reserve(model, most);
  partial_rows_ = most.partial_rows;
}

void Step::use_graphs(bool wanted) {
  graphs_.drop();
  graphs_wanted_ = wanted;
}

void Step::run(const Model &model, const Weights &weights, RopeTable &rope_table, const Batch &batch,
               const DeviceKv &kv, KvTravel &travel) {
  Pass pass(model, weights, rope_table, batch, kv, partial_rows_);
  const BlockPlan blocks = plan_blocks(model, batch);
  try {
    travel.begin(blocks);
    std::optional<StepShape> shape;
    if (graphs_wanted_) shape = decode_shape(batch, pass.tiles, travel.out_together());
    if (shape) pass.fill_up(*shape);
    put_inputs(pass);
    graphs_.settle(buffers_.room());
    const StepGraphs::Pieces *pieces = shape ? graphs_.find(*shape) : nullptr;
    if (pieces != nullptr) {
      buffers_.live.put(pass.live, std::size(pass.live), stream_);
      replay(pass, *shape, *pieces, travel);
    } else {
      pass.as_it_is();
      compute(pass, travel);
    }
    rows_ = batch.outputs;
    // Where to is another place each step, so this is never part of a graph.
    const auto count = static_cast<size_t>(batch.outputs) * static_cast<size_t>(model.vocabulary);
    if (count > 0 && !batch.keep_logits) download(batch.logits, buffers_.logits.data(), count * sizeof(float), stream_);
    travel.finish();
    if (shape && pieces == nullptr && batch.outputs == batch.tokens) keep(pass, *shape);
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

// Captures the shape for the next step that has it. This one was launched plainly, with logits for all tokens as in the
// graph, so its kernels are loaded: a driver loads each when it is first launched, and in a capture it may not do so.
void Step::keep(Pass &pass, const StepShape &shape) {
  pass.fill_up(shape);
  look_at_live(pass);
  try {
    graphs_.keep(shape, capture(pass, shape));
  } catch (const Error &error) {
    if (error.status() == EBB_DEVICE_LOST) throw;
    use_graphs(false);
    note_ = std::string("decode steps are launched plainly from now on, since a CUDA graph could not be made (") +
            error.what() + ")";
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
  StepBuffers &b = buffers_;
  b.reserve(pass.model, pass.bounds);
  b.token_ids.put(batch.token_ids, tokens, stream_);
  b.positions.put(batch.positions, tokens, stream_);
  b.slots.put(batch.slot_mapping, tokens, stream_);
  b.block_table.put(batch.block_table, static_cast<size_t>(batch.block_indptr[batch.sequences]), stream_);
  b.output_rows.put(batch.output_rows, static_cast<size_t>(batch.outputs), stream_);
  b.few.put(pass.tiles.few.data(), pass.tiles.few.size(), stream_);
  b.many.put(pass.tiles.many.data(), pass.tiles.many.size(), stream_);
  put_angles(pass);
}

// From now on launches read there how much of their bounds a step has.
void Step::look_at_live(Pass &pass) {
  const int32_t *live = buffers_.live.data();
  pass.live_tokens = live;
  pass.live_outputs = live + 1;
  pass.live_tiles = live + 2;
}

void Step::put_angles(const Pass &pass) {
  pass.rope_table.reserve(pass.batch.position_max);
  if (pass.batch.position_max < angles_ready_) return;
  // Some ahead, so that a growing sequence does not send its table every step; not beyond the room that there is.
  const auto row = static_cast<size_t>(pass.rope_table.pairs()) * 2;
  if (row == 0) return;  // nothing is rotated
  const auto room = static_cast<int32_t>(buffers_.angles.capacity() / row);
  int32_t ready = std::min(std::max(2 * pass.batch.position_max, 255), pass.model.context - 1) + 1;
  if (pass.batch.position_max < room) ready = std::min(ready, room);
  pass.rope_table.reserve(ready - 1);
  angles_ready_ = 0;
  buffers_.angles.put(pass.rope_table.cosines(0), static_cast<size_t>(ready) * row, stream_);
  angles_ready_ = ready;
}

void Step::project(const Pass &pass, const DeviceMatrix &w, const float *bias, const uint16_t *x, float *y,
                   int64_t y_stride) {
  matmul({w.get(), x, nullptr, bias, y, pass.bounds.tokens, y_stride, pass.live_tokens}, stream_);
}

// What the next RMSNorm adds to the residual stream.
void Step::project_residual(const Pass &pass, const DeviceMatrix &w, const float *bias, const uint16_t *x,
                            const float *x_scales) {
  matmul({w.get(), x, x_scales, bias, buffers_.added.data(), pass.bounds.tokens, pass.model.hidden, pass.live_tokens},
         stream_);
}

// The rest of the layer before, and this one's queries, keys and values: all up to where they may be written, since
// that is where steps wait for travel and graphs are cut.
void Step::approach(const Pass &pass, int32_t layer) {
  const StepBuffers &b = buffers_;
  if (layer == 0) {
    embedding(pass.weights.token_embedding.get(), b.token_ids.data(), pass.bounds.tokens, b.x.data(), stream_,
              pass.live_tokens);
  } else {
    rest_of_layer(pass, layer - 1);
  }
  const LayerWeights &w = pass.weights.layers[static_cast<size_t>(layer)];
  const Model &m = pass.model;
  const int64_t stride = pass.q_width() + 2 * pass.kv_width();
  rms_norm({b.x.data(), layer == 0 ? nullptr : b.added.data(), w.attention_norm.data(), nullptr, b.normed.data(),
            pass.bounds.tokens, m.hidden, m.rms_epsilon, pass.live_tokens},
           stream_);
  project(pass, w.q, w.q_bias.data(), b.normed.data(), b.qkv.data(), stride);
  project(pass, w.k, w.k_bias.data(), b.normed.data(), b.qkv.data() + pass.q_width(), stride);
  project(pass, w.v, w.v_bias.data(), b.normed.data(), b.qkv.data() + pass.q_width() + pass.kv_width(), stride);
}

void Step::write_rows(const Pass &pass, int32_t layer) {
  const StepBuffers &b = buffers_;
  const LayerWeights &w = pass.weights.layers[static_cast<size_t>(layer)];
  const Model &m = pass.model;
  rope({b.qkv.data(), b.positions.data(), b.slots.data(), b.angles.data(), w.q_norm.data(), w.k_norm.data(),
        b.q.data(), pass.kv.blocks, m.kv, pass.bounds.tokens, layer, m.heads, m.rope_dims,
        m.rope_pairing == EBB_ROPE_INTERLEAVED, m.rms_epsilon, pass.live_tokens},
       stream_);
}

void Step::rest_of_layer(const Pass &pass, int32_t layer) {
  for (const AttentionRound &round : pass.rounds) attention_round(pass, layer, round);
  const LayerWeights &w = pass.weights.layers[static_cast<size_t>(layer)];
  project_residual(pass, w.attention_output, w.attention_output_bias.data(), buffers_.attended.data(), nullptr);
  feed_forward_block(pass, layer);
}

void Step::attention_round(const Pass &pass, int32_t layer, const AttentionRound &round) {
  const StepBuffers &b = buffers_;
  const Model &m = pass.model;
  const Attention op{b.q.data() + round.token * pass.q_width(), b.positions.data() + round.token,
                     b.block_table.data(), pass.kv.blocks, pass.kv.map, m.kv, layer, m.heads, m.sliding_window,
                     round.tokens, round.splits, b.partial.data(),
                     b.attended.data() + round.token * padded(pass.q_width()), pass.live_tiles, pass.live_tokens};
  attention(op, b.few.data() + round.few.begin, round.few.count, pass.rows.few, stream_);
  attention(op, b.many.data() + round.many.begin, round.many.count, pass.rows.many, stream_);
  attention_merge(op, stream_);
}

void Step::feed_forward_block(const Pass &pass, int32_t layer) {
  const StepBuffers &b = buffers_;
  const LayerWeights &w = pass.weights.layers[static_cast<size_t>(layer)];
  const Model &m = pass.model;
  const int64_t tokens = pass.bounds.tokens;
  rms_norm({b.x.data(), b.added.data(), w.ffn_norm.data(), nullptr, b.normed.data(), tokens, m.hidden, m.rms_epsilon,
            pass.live_tokens},
           stream_);
  project(pass, w.ffn_gate, nullptr, b.normed.data(), b.gate_up.data(), 2 * int64_t{m.ffn});
  project(pass, w.ffn_up, nullptr, b.normed.data(), b.gate_up.data() + m.ffn, 2 * int64_t{m.ffn});
  swiglu({b.gate_up.data(), b.gated.data(), b.gated_scales.data(), tokens, m.ffn, pass.live_tokens}, stream_);
  project_residual(pass, w.ffn_down, nullptr, b.gated.data(), b.gated_scales.data());
}

// The rest of the last layer, and logits: only the wanted rows are normalised and multiplied.
void Step::finish(const Pass &pass) {
  rest_of_layer(pass, pass.layers() - 1);
  if (pass.bounds.outputs == 0) return;
  const StepBuffers &b = buffers_;
  const Model &m = pass.model;
  rms_norm({b.x.data(), b.added.data(), pass.weights.output_norm.data(), b.output_rows.data(), b.normed.data(),
            pass.bounds.outputs, m.hidden, m.rms_epsilon, pass.live_outputs},
           stream_);
  matmul({pass.weights.output(), b.normed.data(), nullptr, nullptr, b.logits.data(), pass.bounds.outputs,
          m.vocabulary, pass.live_outputs},
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
  const int64_t each = candidates_each(view.choosable);
  StepBuffers &b = buffers_;
  // All that can fail for memory comes before the first upload, which reads what is the caller's.
  b.adjustments.reserve(static_cast<size_t>(view.adjustments));
  b.draws.reserve(count);
  b.adjusted.reserve(static_cast<size_t>(adjusted) * static_cast<size_t>(vocabulary));
  b.candidates.reserve(static_cast<size_t>(candidates * each * kCandidateBytes));
  b.chains.reserve(count * 4 * static_cast<size_t>(stretches_of(view.choosable)));
  b.chosen.reserve(count);
  const int32_t *slots_d = b.slots_of_draws.put(slots.data(), slots.size(), stream_);
  synchronize(stream_);  // `slots` goes
  return {b.logits.data(),
          vocabulary,
          view.choosable,
          view.draws,
          b.draws.put(view.draw_list, count, stream_),
          b.adjustments.put(view.adjustment_list, static_cast<size_t>(view.adjustments), stream_),
          slots_d,
          slots_d + count,
          b.adjusted.data(),
          b.candidates.data(),
          each,
          b.chains.data(),
          b.chosen.data()};
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

#include "cuda/step_buffers.h"

#include <bit>

namespace ebb::cuda {

int64_t candidates_each(int64_t choosable) {
  return static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(choosable)));
}

template <typename Buffers, typename Visit>
void StepBuffers::each_of_pass(Buffers &b, const Model &m, const StepBounds &bounds, const Visit &visit) {
  const int64_t tokens = bounds.tokens;
  const int64_t q_width = int64_t{m.heads} * m.head_dim;
  const int64_t kv_width = int64_t{m.kv_heads} * m.head_dim;
  visit(b.token_ids, tokens);
  visit(b.positions, tokens);
  visit(b.slots, tokens);
  visit(b.block_table, bounds.table);
  visit(b.output_rows, bounds.outputs);
  visit(b.live, kLiveSizes);
  visit(b.few, bounds.few);
  visit(b.many, bounds.many);
  visit(b.angles, bounds.positions * m.rope_dims);
  visit(b.x, tokens * m.hidden);
  visit(b.added, tokens * m.hidden);
  visit(b.qkv, tokens * (q_width + 2 * kv_width));
  visit(b.q, tokens * q_width);
  visit(b.gate_up, tokens * 2 * m.ffn);
  visit(b.partial, bounds.partial_rows * m.heads * (m.head_dim + 2));
  visit(b.normed, tokens * padded(m.hidden));
  visit(b.attended, tokens * padded(q_width));
  visit(b.gated, tokens * padded(m.ffn));
  visit(b.gated_scales, tokens);
  visit(b.logits, bounds.outputs * m.vocabulary);
}

template <typename Buffers, typename Visit>
void StepBuffers::each_of_draws(Buffers &b, const Model &m, const StepBounds &bounds, const Visit &visit) {
  visit(b.draws, bounds.draws);
  visit(b.slots_of_draws, 2 * bounds.draws);
  visit(b.chosen, bounds.draws);
  visit(b.adjusted, bounds.draws * m.vocabulary);
  visit(b.candidates, bounds.draws * candidates_each(m.vocabulary) * kCandidateBytes);
  visit(b.chains, bounds.draws * 4 * stretches_of(m.vocabulary));
}

void StepBuffers::reserve(const Model &model, const StepBounds &bounds) {
  const auto visit = [](auto &array, int64_t count) { array.reserve(static_cast<size_t>(count)); };
  each_of_pass(*this, model, bounds, visit);
  each_of_draws(*this, model, bounds, visit);
}

void StepBuffers::release() {
  const auto visit = [](auto &array, int64_t) { array.release(); };
  each_of_pass(*this, {}, {}, visit);
  each_of_draws(*this, {}, {}, visit);
  adjustments.release();
}

size_t StepBuffers::bytes_for(const Model &model, const StepBounds &bounds) {
  const StepBuffers none;
  size_t bytes = 0;
  const auto visit = [&](const auto &array, int64_t count) {
    bytes += static_cast<size_t>(count) * sizeof(*array.data());
  };
  each_of_pass(none, model, bounds, visit);
  each_of_draws(none, model, bounds, visit);
  return bytes;
}

size_t StepBuffers::room() const {
  size_t room = 0;
  each_of_pass(*this, {}, {}, [&](const auto &array, int64_t) { room += array.capacity(); });
  return room;
}

}  // namespace ebb::cuda

#include "cpu/step.h"

#include <algorithm>

namespace ebb::cpu {

float *Buffer::reserve(size_t floats) {
  constexpr size_t kLine = 16;
  if (memory_.size() < floats + kLine) {
    memory_.assign(floats + kLine, 0.0f);
    const auto address = reinterpret_cast<uintptr_t>(memory_.data());
    data_ = reinterpret_cast<float *>((address + 63) / 64 * 64);
  }
  return data_;
}

namespace {

// Query rows that share one pass over the keys, at most: enough to make copying
// the keys out cheap, few enough for a thread's share of the cache.
constexpr int32_t kQueryRows = 192;

void cut_query_tiles(Step &step) {
  const Batch &batch = step.batch;
  const int32_t group = step.model.heads / step.model.kv_heads;
  const int32_t most = std::max(1, kQueryRows / group);
  step.query_tiles.clear();
  for (int32_t s = 0; s < batch.sequences; ++s) {
    for (int32_t t = batch.sequence_indptr[s]; t < batch.sequence_indptr[s + 1]; t += most) {
      step.query_tiles.push_back({s, t, std::min(most, batch.sequence_indptr[s + 1] - t)});
    }
  }
}

}  // namespace

void prepare(Step &step) {
  const auto tokens = static_cast<size_t>(step.batch.tokens);
  const Model &model = step.model;
  const auto q_width = static_cast<size_t>(model.heads) * static_cast<size_t>(model.head_dim);
  step.rope.reserve(step.batch.position_max);
  step.x.reserve(tokens * static_cast<size_t>(model.hidden));
  step.q.reserve(tokens * q_width);
  step.attended.reserve(tokens * q_width);
  cut_query_tiles(step);
}

void embed(Step &step) {
  const Tensor &table = step.model.token_embedding;
  each_token(step, step.batch.tokens, step.model.hidden, [&](int64_t t) {
    dequantize_row(table.type, table.row(step.batch.token_ids[t]),
                   step.x.data() + t * step.model.hidden, step.model.hidden);
  });
}

void normalise(Step &step, const Floats &weight, ActivationTiles &to) {
  const int64_t hidden = step.model.hidden;
  each_token(step, step.batch.tokens, hidden, [&](int64_t t) {
    thread_local Buffer row;
    float *y = row.reserve(static_cast<size_t>(hidden));
    step.kernels.rms_norm(step.x.data() + t * hidden, weight.data(), hidden, step.model.rms_epsilon, y);
    to.write(t, 0, y, hidden);
  });
}

}  // namespace ebb::cpu

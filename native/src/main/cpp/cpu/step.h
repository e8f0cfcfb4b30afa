// What the stages of an engine step share, and the stages themselves.
//
// A stage is one operation of the network over the whole batch; the next begins
// when all its tasks are done. Small stages run on the calling thread alone, because sharing
// them out costs more than they do.
#ifndef EBB_CPU_STEP_H
#define EBB_CPU_STEP_H

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/batch.h"
#include "core/rope_table.h"
#include "core/task_pool.h"
#include "cpu/activation_tiles.h"
#include "cpu/kernels.h"
#include "cpu/weights.h"

namespace ebb::cpu {

// Floats aligned to a cache line that only grow.
class Buffer {
 public:
  float *reserve(size_t floats);
  float *data() const { return data_; }

 private:
  std::vector<float> memory_;
  float *data_ = nullptr;
};

// Consecutive tokens of one sequence whose queries share keys.
struct QueryTile {
  int32_t sequence;
  int32_t token;  // the first
  int32_t count;
};

struct ThreadScratch {
  Buffer products;   // results of matrix kernels
  Buffer products2;
  Buffer attention;  // spans, queries, states
  std::vector<int32_t> limits;
};

struct Step {
  explicit Step(const Kernels &chosen, int threads)
      : kernels(chosen), pool(threads), scratch(static_cast<size_t>(threads)) {}

  const Kernels &kernels;
  TaskPool pool;
  Model model;
  Weights weights;
  RopeTable rope;
  KvMemory memory;
  Batch batch;

  Buffer x;         // [tokens][hidden]: the residual stream
  Buffer q;         // [tokens][heads * head_dim], rotated and scaled
  Buffer attended;  // [tokens][heads * head_dim]
  Buffer partials;  // states of attention tasks that were split by span
  std::vector<QueryTile> query_tiles;
  ActivationTiles normed, attended_tiles, gated, output_input;
  std::vector<ThreadScratch> scratch;
};

// Room for the batch in every buffer.
void prepare(Step &step);

void embed(Step &step);

// q, k and v of normed: bias, QK-norm and rotation; keys and values go to their blocks.
void project_heads(Step &step, int layer);

void attend(Step &step, int layer);

// gated = silu(normed * gate) * (normed * up)
void feed_forward_up(Step &step, const LayerWeights &weights);

// x += input * matrix + bias
void project_residual(Step &step, const PackedMatrix &matrix, const Floats &bias,
                      const ActivationTiles &input);

// to = rms_norm(x) * weight, for all tokens
void normalise(Step &step, const Floats &weight, ActivationTiles &to);

void logits(Step &step);

// y[t][16 * tiles] = the product of one tile of tokens and some tiles of rows.
inline void multiply(const Step &step, const PackedMatrix &matrix, const ActivationTiles &input,
                     int64_t token_tile, int64_t row_tile, int64_t tiles, float *y,
                     int64_t stride) {
  step.kernels.matmul[matrix.format]({matrix.tile(row_tile), input.tile(token_tile, matrix.format),
                                      matrix.columns, tiles, input.count(token_tile), y, stride});
}

// Calls body(row group, token tile, scratch) for all of both. A task is one group
// of rows with as many token tiles as keep their activations in the second-level
// cache; its weights are read once from memory and then come from the first.
template <typename Body>
void each_product(Step &step, const ActivationTiles &input, int64_t row_groups, Body &&body) {
  constexpr int64_t kTokenTiles = 8;
  const int64_t token_groups = (input.tiles() + kTokenTiles - 1) / kTokenTiles;
  step.pool.run(row_groups * token_groups, [&](int64_t task, int thread) {
    const int64_t begin = task / row_groups * kTokenTiles;
    const int64_t end = std::min(begin + kTokenTiles, input.tiles());
    for (int64_t tile = begin; tile < end; ++tile) {
      body(task % row_groups, tile, step.scratch[static_cast<size_t>(thread)]);
    }
  });
}

// Calls body(token) for all tokens, some at a time; alone when there is little to do.
template <typename Body>
void each_token(Step &step, int64_t tokens, int64_t width, Body &&body) {
  constexpr int64_t kWorthSharing = 2048;  // elements of a task
  const int64_t each = std::max<int64_t>(1, kWorthSharing / width);
  step.pool.run((tokens + each - 1) / each, [&](int64_t task, int) {
    const int64_t end = std::min(tokens, (task + 1) * each);
    for (int64_t t = task * each; t < end; ++t) body(t);
  });
}

}  // namespace ebb::cpu

#endif  // EBB_CPU_STEP_H

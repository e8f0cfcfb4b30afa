// What is the same for all layers of a step.
#ifndef EBB_CUDA_STEP_PASS_H
#define EBB_CUDA_STEP_PASS_H

#include "core/rope_table.h"
#include "cuda/tile_plan.h"
#include "cuda/step.h"

namespace ebb::cuda {

struct Step::Pass {
  const Model &model;
  const Weights &weights;
  RopeTable &rope_table;
  const Batch &batch;
  const DeviceKv &kv;
  TileRows rows;
  TilePlan tiles;
  // What launches are made for: what the step has, or the bounds of its shape.
  StepBounds bounds;
  std::vector<AttentionRound> rounds;
  // How much is there of a shape's bounds, on the host and on the device; NULL where the bounds are what is there.
  int32_t live[kLiveSizes];
  const int32_t *live_tokens = nullptr;
  const int32_t *live_outputs = nullptr;
  const int32_t *live_tiles = nullptr;

  Pass(const Model &m, const Weights &w, RopeTable &table, const Batch &b, const DeviceKv &memory,
       int64_t partial_rows)
      : model(m), weights(w), rope_table(table), batch(b), kv(memory),
        rows(tile_rows(m, memory.map != nullptr)), tiles(plan_tiles(m, b, rows, partial_rows)) {
    as_it_is();
    live[0] = batch.tokens;
    live[1] = batch.outputs;
    live[2] = static_cast<int32_t>(tiles.few.size() + tiles.many.size());
  }

  int32_t layers() const { return static_cast<int32_t>(weights.layers.size()); }
  int64_t q_width() const { return int64_t{model.heads} * model.head_dim; }
  int64_t kv_width() const { return int64_t{model.kv_heads} * model.head_dim; }

  // Launched plainly: the bounds are what the step has.
  void as_it_is() {
    bounds = {};
    bounds.tokens = batch.tokens;
    bounds.outputs = batch.outputs;
    bounds.few = static_cast<int64_t>(tiles.few.size());
    bounds.many = static_cast<int64_t>(tiles.many.size());
    bounds.partial_rows = tiles.partial_rows();
    bounds.table = batch.block_indptr[batch.sequences];
    rounds = tiles.rounds;
    live_tokens = live_outputs = live_tiles = nullptr;
  }

  // The tiles of decode are all in one of the two lists: how many rows each has is the model's.
  void fill_up(const StepShape &shape) {
    const bool few = !tiles.few.empty();
    bounds.tokens = bounds.outputs = shape.sequences;
    bounds.few = few ? shape.tiles : 0;
    bounds.many = few ? 0 : shape.tiles;
    bounds.partial_rows = int64_t{shape.sequences} * shape.splits;
    rounds = {{0, shape.sequences, shape.splits, {0, few ? shape.tiles : 0}, {0, few ? 0 : shape.tiles}}};
  }
};

}  // namespace ebb::cuda

#endif  // EBB_CUDA_STEP_PASS_H

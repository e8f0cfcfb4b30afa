// Cutting a batch into work items; host code only.
#include <algorithm>

#include "cuda/step.h"

namespace ebb::cuda {
namespace {

void add_splits(const Model &model, const Batch &batch, int32_t sequence, int32_t token, int32_t count,
                TilePlan &plan, std::vector<QueryTile> &tiles) {
  const int32_t group = model.heads / model.kv_heads;
  const int32_t first = model.first_visible(batch.positions[token]) / kSplitPositions;
  const int32_t last = batch.positions[token + count - 1] / kSplitPositions;
  for (int32_t split = first; split <= last; ++split) {
    tiles.push_back({token, count * group, batch.block_indptr[sequence], split});
  }
  for (int32_t t = token; t < token + count; ++t) {
    const int32_t begin = model.first_visible(batch.positions[t]) / kSplitPositions;
    plan.splits = std::max(plan.splits, batch.positions[t] / kSplitPositions - begin + 1);
  }
}

}  // namespace

TilePlan plan_tiles(const Model &model, const Batch &batch, const TileRows &rows) {
  const int32_t group = model.heads / model.kv_heads;
  TilePlan plan;
  for (int32_t s = 0; s < batch.sequences; ++s) {
    const int32_t end = batch.sequence_indptr[s + 1];
    for (int32_t t = batch.sequence_indptr[s]; t < end;) {
      const bool few = (end - t) * group <= rows.few;
      const int32_t count = std::min(end - t, (few ? rows.few : rows.many) / group);
      add_splits(model, batch, s, t, count, plan, few ? plan.few : plan.many);
      t += count;
    }
  }
  return plan;
}

}  // namespace ebb::cuda

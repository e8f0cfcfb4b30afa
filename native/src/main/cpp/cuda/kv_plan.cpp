#include "cuda/kv_plan.h"

#include <algorithm>
#include <string>

#include "core/error.h"
#include "cuda/ops.h"

namespace ebb::cuda {
namespace {

// Sequences may share blocks: each once, with all rows that any of them means.
void join(std::vector<BlockRows> &list) {
  std::sort(list.begin(), list.end(), [](const BlockRows &a, const BlockRows &b) { return a.block < b.block; });
  size_t kept = 0;
  for (const BlockRows &rows : list) {
    if (kept == 0 || list[kept - 1].block != rows.block) {
      list[kept++] = rows;
      continue;
    }
    BlockRows &same = list[kept - 1];
    if (same.edition != rows.edition) {
      fail_argument("batch: block " + std::to_string(rows.block) + " is named under the editions " +
                    std::to_string(same.edition) + " and " + std::to_string(rows.edition));
    }
    same.from = std::min(same.from, rows.from);
    same.to = std::max(same.to, rows.to);
  }
  list.resize(kept);
}

void plan_sequence(const Model &model, const Batch &batch, int32_t s, BlockPlan &plan) {
  const int32_t size = model.kv.block_tokens;
  const int32_t first = batch.positions[batch.sequence_indptr[s]];
  const int32_t end = batch.positions[batch.sequence_indptr[s + 1] - 1] + 1;
  const int32_t *blocks = batch.blocks_of(s);
  const uint64_t *editions = batch.editions_of(s);
  // Attention reads whole spans. What no token sees of the first one has no weight, but zero times NaN is NaN.
  const int32_t visible = model.first_visible(first) / kSpanPositions * kSpanPositions;
  for (int32_t b = visible / size; b * size < end; ++b) {
    const int32_t begin = b * size;
    const int32_t context = std::clamp(first - begin, 0, size);
    const int32_t filled = std::min(end - begin, size);
    if (context > 0) plan.read.push_back({blocks[b], 0, context, editions[b]});
    if (filled > context) plan.written.push_back({blocks[b], context, filled, editions[b]});
  }
}

}  // namespace

BlockPlan plan_blocks(const Model &model, const Batch &batch) {
  BlockPlan plan;
  for (int32_t s = 0; s < batch.sequences; ++s) {
    if (batch.sequence_indptr[s] != batch.sequence_indptr[s + 1]) plan_sequence(model, batch, s, plan);
  }
  join(plan.read);
  join(plan.written);
  return plan;
}

std::vector<BlockRows> ResidentRows::missing(const std::vector<BlockRows> &read) {
  std::vector<BlockRows> missing;
  for (const BlockRows &rows : read) {
    Known &known = known_[static_cast<size_t>(rows.block)];
    if (rows.edition != 0 && known.edition == rows.edition && known.rows >= rows.to) continue;
    // From the first row: one holder after the other wrote them, and what the last one left is what counts.
    missing.push_back(rows);
    known = {rows.edition, rows.to};
  }
  return missing;
}

void ResidentRows::wrote(const std::vector<BlockRows> &written) {
  for (const BlockRows &rows : written) {
    Known &known = known_[static_cast<size_t>(rows.block)];
    const int32_t before = known.edition == rows.edition ? known.rows : 0;
    known = before < rows.from ? Known{} : Known{rows.edition, std::max(before, rows.to)};
  }
}

}  // namespace ebb::cuda

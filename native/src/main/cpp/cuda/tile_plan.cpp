#include "cuda/tile_plan.h"

#include <algorithm>

namespace ebb::cuda {
namespace {

int32_t first_split(const Model &model, int32_t position) { return model.first_visible(position) / kSplitPositions; }

// Adds tiles to a plan, those of one round after those of the one before.
class Rounds {
 public:
  Rounds(TilePlan &plan, int64_t partial_rows) : plan_(plan), most_(partial_rows) {}

  // The round that `count` tokens from `token` on, which see at most `splits`, belong to.
  AttentionRound &round_of(int32_t token, int32_t count, int32_t splits) {
    if (!plan_.rounds.empty()) {
      AttentionRound &last = plan_.rounds.back();
      const int32_t together = std::max(last.splits, splits);
      if (int64_t{last.tokens + count} * together <= most_) {
        last.tokens += count;
        last.splits = together;
        return last;
      }
    }
    plan_.rounds.push_back({token, count, splits, {size_of(plan_.few), 0}, {size_of(plan_.many), 0}});
    return plan_.rounds.back();
  }

 private:
  static int32_t size_of(const std::vector<QueryTile> &tiles) { return static_cast<int32_t>(tiles.size()); }

  TilePlan &plan_;
  int64_t most_;
};

// The splits that one token at most of these sees.
int32_t most_splits(const Model &model, const int32_t *positions, int32_t count) {
  int32_t most = 1;
  for (int32_t t = 0; t < count; ++t) {
    most = std::max(most, positions[t] / kSplitPositions - first_split(model, positions[t]) + 1);
  }
  return most;
}

}  // namespace

int64_t TilePlan::partial_rows() const {
  int64_t most = 0;
  for (const AttentionRound &round : rounds) most = std::max(most, int64_t{round.tokens} * round.splits);
  return most;
}

TilePlan plan_tiles(const Model &model, const Batch &batch, const TileRows &rows, int64_t partial_rows) {
  const int32_t group = model.heads / model.kv_heads;
  TilePlan plan;
  Rounds rounds(plan, partial_rows);
  for (int32_t s = 0; s < batch.sequences; ++s) {
    const int32_t end = batch.sequence_indptr[s + 1];
    for (int32_t t = batch.sequence_indptr[s]; t < end;) {
      const bool few = (end - t) * group <= rows.few;
      const int32_t count = std::min(end - t, (few ? rows.few : rows.many) / group);
      const int32_t *positions = batch.positions + t;
      AttentionRound &round = rounds.round_of(t, count, most_splits(model, positions, count));
      std::vector<QueryTile> &tiles = few ? plan.few : plan.many;
      AttentionRound::Range &range = few ? round.few : round.many;
      const int32_t last = positions[count - 1] / kSplitPositions;
      for (int32_t split = first_split(model, positions[0]); split <= last; ++split, ++range.count) {
        tiles.push_back({t - round.token, count * group, batch.block_indptr[s], split});
      }
      t += count;
    }
  }
  return plan;
}

}  // namespace ebb::cuda

// Cutting a batch into work items of attention; host code only.
#ifndef EBB_CUDA_TILE_PLAN_H
#define EBB_CUDA_TILE_PLAN_H

#include <cstdint>
#include <limits>
#include <vector>

#include "core/batch.h"
#include "cuda/ops.h"

namespace ebb::cuda {

// Tokens whose attention is computed and merged before the next round uses the same memory for its partial results.
// Tiles of a round count its tokens from 0.
struct AttentionRound {
  struct Range {
    int32_t begin = 0;
    int32_t count = 0;
  };
  int32_t token = 0;  // the first, in the batch
  int32_t tokens = 0;
  int32_t splits = 1;  // most that one of its tokens sees
  Range few, many;     // of the plan's tiles
};

// The tiles of a batch: those of few rows go to decode's kernel, the others to prefill's.
struct TilePlan {
  std::vector<QueryTile> few;
  std::vector<QueryTile> many;
  std::vector<AttentionRound> rounds;

  // Of all rounds, how many partial results a step needs room for.
  int64_t partial_rows() const;
};

// Of keys and values that wgmma reads, or mma.sync.
inline TileRows tile_rows(const Model &model, bool wgmma) { return wgmma ? sm90_rows(model.head_dim) : kMmaRows; }

// A round has at most `partial_rows` tokens times splits, or one tile.
TilePlan plan_tiles(const Model &model, const Batch &batch, const TileRows &rows,
                    int64_t partial_rows = std::numeric_limits<int64_t>::max());

}  // namespace ebb::cuda

#endif  // EBB_CUDA_TILE_PLAN_H

#include "cuda/graphs.h"

#include <algorithm>
#include <bit>
#include <string>

#include "core/error.h"
#include "cuda/tile_plan.h"

namespace ebb::cuda {
namespace {

int32_t power_of_two_from(int32_t n) { return static_cast<int32_t>(std::bit_ceil(static_cast<uint32_t>(n))); }

}  // namespace

GraphCounts &graph_counts() {
  static GraphCounts counts;
  return counts;
}

int32_t padded_sequences(int32_t sequences) {
  if (sequences > kGraphSequences) return sequences;
  return sequences <= 8 ? power_of_two_from(sequences) : (sequences + 7) / 8 * 8;
}

std::optional<StepShape> decode_shape(const Batch &batch, const TilePlan &tiles, int32_t together) {
  if (batch.tokens > kGraphSequences || tiles.rounds.size() != 1) return {};
  for (int32_t s = 0; s < batch.sequences; ++s) {
    if (batch.sequence_indptr[s + 1] - batch.sequence_indptr[s] > 1) return {};
  }
  const int32_t sequences = padded_sequences(batch.tokens);
  const auto items = static_cast<int32_t>(tiles.few.size() + tiles.many.size());
  return StepShape{sequences, sequences * power_of_two_from((items + sequences - 1) / sequences),
                   power_of_two_from(tiles.rounds[0].splits), together};
}

void StepGraphs::settle(size_t room) {
  if (room != room_) drop();
  room_ = room;
}

const StepGraphs::Pieces *StepGraphs::find(const StepShape &shape) {
  const auto found = kept_.find(shape);
  if (found == kept_.end()) return nullptr;
  found->second.used = ++uses_;
  return &found->second.pieces;
}

const StepGraphs::Pieces *StepGraphs::keep(const StepShape &shape, Pieces pieces) {
  graph_counts().captured += pieces.size();
  if (kept_.size() >= most_) {
    kept_.erase(std::min_element(kept_.begin(), kept_.end(),
                                 [](const auto &a, const auto &b) { return a.second.used < b.second.used; }));
  }
  return &kept_.emplace(shape, Kept{std::move(pieces), ++uses_}).first->second.pieces;
}

}  // namespace ebb::cuda

// Which rows of which KV blocks a step reads and writes, and which of them the device has already.
#ifndef EBB_CUDA_KV_PLAN_H
#define EBB_CUDA_KV_PLAN_H

#include <cstdint>
#include <vector>

#include "core/batch.h"

namespace ebb::cuda {

// Tokens [from, to) of a block, under the edition that the batch names.
struct BlockRows {
  int32_t block;
  int32_t from;
  int32_t to;
  uint64_t edition;

  int32_t count() const { return to - from; }
};

// What a step reads that was there before it (its context, from the span on where a window begins; from is 0), and what
// it writes; each block once a list.
struct BlockPlan {
  std::vector<BlockRows> read;
  std::vector<BlockRows> written;
};

// Throws Error(EBB_INVALID_ARGUMENT) where one block is named under two editions.
BlockPlan plan_blocks(const Model &model, const Batch &batch);

// The leading rows of each block that the device's copy holds, and under which edition.
//
// A row that was brought or written under an edition stays what it is as long as the edition does (batch.h), so only
// an edition's first look at a block, or a look further than before, brings anything.
class ResidentRows {
 public:
  // The device's copy is new: nothing is known of any block.
  void reset(int32_t blocks) { known_.assign(static_cast<size_t>(blocks), {}); }
  void forget_all() { reset(static_cast<int32_t>(known_.size())); }
  void forget(int32_t block) { known_[static_cast<size_t>(block)] = {}; }

  // Of what a step reads, the part to bring to the device before; counts as there from now on.
  std::vector<BlockRows> missing(const std::vector<BlockRows> &read);
  // The step is done: the device has these too.
  void wrote(const std::vector<BlockRows> &written);

 private:
  struct Known {
    uint64_t edition = 0;  // 0: nothing is known
    int32_t rows = 0;
  };
  std::vector<Known> known_;
};

}  // namespace ebb::cuda

#endif  // EBB_CUDA_KV_PLAN_H

// The device memory of a step: each buffer, and how much of it a step of given bounds takes.
#ifndef EBB_CUDA_STEP_BUFFERS_H
#define EBB_CUDA_STEP_BUFFERS_H

#include <cstddef>
#include <cstdint>

#include "core/model.h"
#include "core/sampling.h"
#include "cuda/device.h"
#include "cuda/ops.h"

namespace ebb::cuda {

// What a step has of each at most: what its launches are made for, or the greatest of all steps.
struct StepBounds {
  int64_t tokens = 0;
  int64_t outputs = 0;
  int64_t few = 0;           // tiles of either kind
  int64_t many = 0;
  int64_t partial_rows = 0;  // of attention's partial results: tokens times splits of a round
  int64_t table = 0;         // entries of all block tables
  int64_t positions = 0;     // rows of the table of angles
  int64_t draws = 0;
};

struct StepBuffers {
  DeviceArray<int32_t> token_ids{"token ids"}, positions{"positions"}, slots{"slots"};
  DeviceArray<int32_t> block_table{"block tables"}, output_rows{"output rows"};
  DeviceArray<int32_t> live{"sizes of the step"};
  DeviceArray<QueryTile> few{"query tiles"}, many{"query tiles"};
  DeviceArray<float> angles{"rope table"};
  DeviceArray<float> x{"residual stream"}, added{"residual branch"};
  DeviceArray<float> qkv{"queries, keys and values"}, gate_up{"gate and up"};
  DeviceArray<float> partial{"splits of attention"}, logits{"logits"};
  DeviceArray<uint16_t> normed{"normed"}, q{"queries"}, attended{"attended"}, gated{"gated"};
  DeviceArray<float> gated_scales{"scales of gated"};
  // Of draws. Lists of adjustments are as long as requests make them, so they alone grow when they come.
  DeviceArray<ebb_draw> draws{"draws"};
  DeviceArray<ebb_adjustment> adjustments{"adjustments of logits"};
  DeviceArray<int32_t> slots_of_draws{"slots of draws"}, chosen{"chosen tokens"};
  DeviceArray<float> adjusted{"adjusted logits"};
  DeviceArray<uint8_t> candidates{"candidates"};
  DeviceArray<double> chains{"sums of weights"};

  void reserve(const Model &model, const StepBounds &bounds);
  void release();
  static int64_t partial_row_bytes(const Model &model) {
    return int64_t{model.heads} * (model.head_dim + 2) * static_cast<int64_t>(sizeof(float));
  }
  // Of all buffers for such a step, in bytes.
  static size_t bytes_for(const Model &model, const StepBounds &bounds);
  // Elements of all that a graph points at and that may move. Weights and the blocks of keys and values stay.
  size_t room() const;

 private:
  // Call visit(array, count) for each buffer of the pass, which graphs point at, and of the draws after it.
  template <typename Buffers, typename Visit>
  static void each_of_pass(Buffers &buffers, const Model &model, const StepBounds &bounds, const Visit &visit);
  template <typename Buffers, typename Visit>
  static void each_of_draws(Buffers &buffers, const Model &model, const StepBounds &bounds, const Visit &visit);
};

// Of one draw among so many tokens: a power of two, for sorting, of kCandidateBytes each.
int64_t candidates_each(int64_t choosable);
constexpr int64_t kCandidateBytes = 16;

// Sizes that a launch made for more than there is reads from device memory: tokens, outputs, tiles.
constexpr int32_t kLiveSizes = 3;

}  // namespace ebb::cuda

#endif  // EBB_CUDA_STEP_BUFFERS_H

// Whether keys, values and steps fit into what the weights leave of the device's memory.
#ifndef EBB_CUDA_MEMORY_PLAN_H
#define EBB_CUDA_MEMORY_PLAN_H

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/model.h"
#include "cuda/ops.h"
#include "include/batch.h"

namespace ebb::cuda {

// Stays free: for CUDA graphs, kernels that the driver loads when they are first launched, and lists of adjustments.
constexpr size_t kSpareBytes = size_t{256} << 20;

// The greatest position, plus one, that a sequence in `blocks` blocks can have.
int32_t positions_in(const Model &model, int64_t blocks);

// The blocks that fit into `available` bytes beside the greatest step within `limits`; 0 where none does.
int64_t most_blocks(const Model &model, const TileRows &rows, const ebb_limits &limits, size_t available);

// Throws Error(EBB_OUT_OF_MEMORY), naming how many tokens could fit, where `blocks` blocks alone do not fit into
// `available` bytes: before it is known what steps take.
void require_blocks(const Model &model, const TileRows &rows, size_t available, int32_t blocks);

// The plan in a sentence: `blocks` blocks of keys and values and the greatest step within `limits`, in `available`
// bytes for both. Throws Error(EBB_OUT_OF_MEMORY), naming the settings that would fit, where there are fewer.
std::string plan_memory(const Model &model, const TileRows &rows, const ebb_limits &limits, size_t available,
                        int32_t blocks);

}  // namespace ebb::cuda

#endif  // EBB_CUDA_MEMORY_PLAN_H

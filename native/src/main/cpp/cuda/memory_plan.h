// What the greatest step takes, and whether it, keys and values fit into what is free of the device's memory.
#ifndef EBB_CUDA_MEMORY_PLAN_H
#define EBB_CUDA_MEMORY_PLAN_H

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/model.h"
#include "cuda/step_buffers.h"
#include "include/batch.h"

namespace ebb::cuda {

// Stays free: for CUDA graphs, kernels that the driver loads when they are first launched, and lists of adjustments.
constexpr size_t kSpareBytes = size_t{256} << 20;

// The greatest position, plus one, that a sequence in `blocks` blocks can have.
int32_t positions_in(const Model &model, int64_t blocks);

// Partial results that a round may have however few sequences there are: its work fills a device a few times over. A
// variable for tests, whose models are small.
extern int64_t round_bytes_least;

// What the greatest step within the limits takes, whether launched plainly or as a graph, of sequences of at most
// `positions`. Its partial results are those of one token of each sequence, or of one tile, at the last position, or
// round_bytes_least: a prompt's chunk that would need more goes in rounds.
StepBounds greatest_step(const Model &model, const TileRows &rows, const ebb_limits &limits, int32_t positions);

// The blocks that fit into `available` bytes beside the greatest step within `limits`; 0 where none does.
int64_t most_blocks(const Model &model, const TileRows &rows, const ebb_limits &limits, size_t available);

// The plan in a sentence: `blocks` blocks of keys and values and the greatest step within `limits`, in `available`
// bytes for both. Throws Error(EBB_OUT_OF_MEMORY), naming the settings that would fit, where there are fewer.
std::string plan_memory(const Model &model, const TileRows &rows, const ebb_limits &limits, size_t available,
                        int32_t blocks);

}  // namespace ebb::cuda

#endif  // EBB_CUDA_MEMORY_PLAN_H

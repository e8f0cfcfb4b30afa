#include "cuda/memory_plan.h"

#include <algorithm>
#include <bit>

#include "core/error.h"
#include "cuda/graphs.h"

namespace ebb::cuda {

int64_t round_bytes_least = int64_t{32} << 20;

namespace {

size_t step_bytes(const Model &model, const TileRows &rows, const ebb_limits &limits, int64_t blocks) {
  return StepBuffers::bytes_for(model, greatest_step(model, rows, limits, positions_in(model, blocks)));
}

std::string tokens_in(const Model &model, int64_t blocks) { return std::to_string(blocks * model.kv.block_tokens); }

std::string mebibytes(size_t bytes) { return std::to_string((bytes + (size_t{1} << 20) - 1) >> 20) + " MiB"; }

std::string kv_words(const Model &model, int32_t blocks) {
  return tokens_in(model, blocks) + " tokens of keys and values take " +
         mebibytes(static_cast<size_t>(blocks) * model.kv.block_bytes());
}

std::string left_words(size_t available) {
  return mebibytes(available) + " of device memory that are free beside the weights";
}

}  // namespace

int32_t positions_in(const Model &model, int64_t blocks) {
  return static_cast<int32_t>(std::min<int64_t>(model.context, blocks * model.kv.block_tokens));
}

StepBounds greatest_step(const Model &model, const TileRows &rows, const ebb_limits &limits, int32_t positions) {
  const int64_t sequences = padded_sequences(limits.sequences);
  const int64_t all = (positions + kSplitPositions - 1) / kSplitPositions;
  const int64_t tile_tokens = rows.many / (model.heads / model.kv_heads);
  // From the first position that a tile's first token sees to its last token's own.
  const int64_t of_window = (model.sliding_window + tile_tokens) / kSplitPositions + 2;
  const int64_t seen = model.sliding_window == 0 ? all : std::min(all, of_window);
  const auto splits = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(seen)));
  StepBounds most;
  most.tokens = std::max<int64_t>(limits.tokens, sequences);
  most.outputs = std::max<int64_t>(limits.outputs, sequences);
  // A sequence ends in at most one tile of few rows.
  most.few = sequences * splits;
  most.many = (most.tokens / tile_tokens + sequences) * splits;
  const int64_t worth = round_bytes_least / StepBuffers::partial_row_bytes(model);
  most.partial_rows = std::max(std::max(sequences, tile_tokens) * splits, std::min(most.tokens * splits, worth));
  most.table = int64_t{limits.sequences} * ((positions + model.kv.block_tokens - 1) / model.kv.block_tokens);
  most.positions = positions;
  most.draws = limits.sequences;
  return most;
}

int64_t most_blocks(const Model &model, const TileRows &rows, const ebb_limits &limits, size_t available) {
  const size_t block_bytes = model.kv.block_bytes();
  // More blocks need more, so the greatest number that fits is found by halving.
  int64_t fits = 0;
  auto above = static_cast<int64_t>(available / block_bytes) + 1;
  while (above - fits > 1) {
    const int64_t middle = fits + (above - fits) / 2;
    const size_t needs = static_cast<size_t>(middle) * block_bytes + step_bytes(model, rows, limits, middle);
    (needs + kSpareBytes <= available ? fits : above) = middle;
  }
  return fits;
}

std::string plan_memory(const Model &model, const TileRows &rows, const ebb_limits &limits, size_t available,
                        int32_t blocks) {
  if (limits.tokens > kTokensMax) {
    throw Error(EBB_UNSUPPORTED, "cuda: EBB_TOKEN_BUDGET is " + std::to_string(limits.tokens) +
                                     "; this backend takes steps of up to " + std::to_string(kTokensMax) + " tokens");
  }
  const int64_t most = most_blocks(model, rows, limits, available);
  const size_t step = step_bytes(model, rows, limits, blocks);
  const std::string needs = kv_words(model, blocks) + ", steps of up to " + std::to_string(limits.tokens) +
                            " tokens of " + std::to_string(limits.sequences) + " sequences " + mebibytes(step);
  if (blocks <= most) {
    return needs + " of the " + left_words(available) + "; EBB_KV_TOKENS of up to " + tokens_in(model, most) +
           " would fit";
  }
  const std::string fits = most == 0 ? "" : "EBB_KV_TOKENS of at most " + tokens_in(model, most) + " fits; ";
  throw Error(EBB_OUT_OF_MEMORY, "cuda: " + needs + ", and " + mebibytes(kSpareBytes) + " are to spare, of the " +
                                     left_words(available) + ": " + fits +
                                     "a lower EBB_TOKEN_BUDGET or EBB_MAX_SEQUENCES, or a smaller model, needs less");
}

}  // namespace ebb::cuda

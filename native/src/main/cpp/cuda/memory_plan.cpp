#include "cuda/memory_plan.h"

#include <algorithm>

#include "core/error.h"
#include "cuda/plan.h"

namespace ebb::cuda {
namespace {

size_t step_bytes(const Model &model, const TileRows &rows, const ebb_limits &limits, int64_t blocks) {
  return StepBuffers::bytes_for(model, greatest_step(model, rows, limits, positions_in(model, blocks)));
}

std::string mebibytes(size_t bytes) { return std::to_string((bytes + (size_t{1} << 20) - 1) >> 20) + " MiB"; }

}  // namespace

int32_t positions_in(const Model &model, int64_t blocks) {
  return static_cast<int32_t>(std::min<int64_t>(model.context, blocks * model.kv.block_tokens));
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
  const int64_t most = most_blocks(model, rows, limits, available);
  const std::string needs =
      std::to_string(int64_t{blocks} * model.kv.block_tokens) + " tokens of keys and values take " +
      mebibytes(static_cast<size_t>(blocks) * model.kv.block_bytes()) + ", steps of up to " +
      std::to_string(limits.tokens) + " tokens of " + std::to_string(limits.sequences) + " sequences " +
      mebibytes(step_bytes(model, rows, limits, blocks));
  const std::string left = mebibytes(available) + " of device memory that the weights leave";
  const std::string most_tokens = std::to_string(most * model.kv.block_tokens);
  if (blocks <= most) return needs + " of the " + left + "; EBB_KV_TOKENS of up to " + most_tokens + " would fit";
  const std::string mend = most > 0 ? "EBB_KV_TOKENS of at most " + most_tokens + " fits"
                                    : "lower EBB_TOKEN_BUDGET or EBB_MAX_SEQUENCES, or take a smaller model";
  throw Error(EBB_OUT_OF_MEMORY,
              "cuda: " + needs + ", and " + mebibytes(kSpareBytes) + " are to spare, of the " + left + ": " + mend);
}

}  // namespace ebb::cuda

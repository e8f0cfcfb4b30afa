#include "cuda/memory_plan.h"

#include <algorithm>

#include "core/error.h"
#include "cuda/plan.h"

namespace ebb::cuda {
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
  return mebibytes(available) + " of device memory that the weights leave";
}

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

void require_blocks(const Model &model, const TileRows &rows, size_t available, int32_t blocks) {
  const size_t needs = static_cast<size_t>(blocks) * model.kv.block_bytes();
  if (needs <= available) return;
  const int64_t most = most_blocks(model, rows, {1, 1, 1}, available);
  throw Error(EBB_OUT_OF_MEMORY, "cuda: " + kv_words(model, blocks) + " of the " + left_words(available) +
                                     ": EBB_KV_TOKENS must be below " + tokens_in(model, most) +
                                     ", by what steps take");
}

std::string plan_memory(const Model &model, const TileRows &rows, const ebb_limits &limits, size_t available,
                        int32_t blocks) {
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

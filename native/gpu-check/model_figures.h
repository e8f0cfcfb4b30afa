// Speed of whole models, through the backend table as an engine drives it.
#ifndef EBB_GPU_CHECK_MODEL_FIGURES_H
#define EBB_GPU_CHECK_MODEL_FIGURES_H

#include "generated_model.h"
#include "include/backend.h"
#include "rates.h"

namespace ebb::gpu_check {

struct ModelWork {
  int32_t prompt;      // tokens of a prompt, computed in one step
  int32_t rounds;      // prompts that are timed
  int32_t sequences;   // that decode together, after one has alone
  int32_t steps;       // of decode, each with its token chosen greedily
};

constexpr ModelWork kModelWork{512, 5, 16, 32};

// Weights loaded, prompt, decode alone and together, by plain launches and by CUDA graphs; first what the model takes
// in memory. Throws Error(EBB_INTERNAL) where the two ways give different tokens.
void model_figures(const ebb_backend *backend, const ModelShape &shape, const ModelWork &work, const Print &print);

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_MODEL_FIGURES_H

// The validated, typed view of an ebb_sampling descriptor.
#ifndef EBB_CORE_SAMPLING_H
#define EBB_CORE_SAMPLING_H

#include <cstdint>

#include "include/sampling.h"

namespace ebb {

// Every index is in range: a backend may use them unchecked.
struct SamplingView {
  int32_t draws = 0;
  int32_t adjustments = 0;
  int32_t choosable = 0;
  const ebb_draw *draw_list = nullptr;
  const ebb_adjustment *adjustment_list = nullptr;
  int32_t *tokens = nullptr;
};

// Checks the whole descriptor against the model's vocabulary and the rows of logits that the last
// step left. Throws Error(EBB_INVALID_ARGUMENT) with a sentence.
SamplingView view_sampling(const ebb_sampling *descriptor, int32_t vocabulary, int32_t rows);

}  // namespace ebb

#endif  // EBB_CORE_SAMPLING_H

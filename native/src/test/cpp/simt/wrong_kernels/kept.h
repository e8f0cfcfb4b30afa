// A kernel for the tests of capture and replay, whose size comes from the host or from device memory.
#ifndef EBB_SIMT_KEPT_H
#define EBB_SIMT_KEPT_H

#include <cstdint>

#include "cuda/ops.h"

namespace simt::wrong {

// to[i] = from[i] + 1 for the first `count` of 64, or the first *live where that is given.
void add_one(const int32_t *from, int32_t *to, int32_t count, const int32_t *live, ebb::cuda::Stream stream);

}  // namespace simt::wrong

#endif  // EBB_SIMT_KEPT_H

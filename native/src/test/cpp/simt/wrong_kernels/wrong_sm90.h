// One kernel of sm_90a's instructions that can be made wrong in many ways, one at a time.
#ifndef EBB_SIMT_WRONG_SM90_H
#define EBB_SIMT_WRONG_SM90_H

#include <cstdint>

namespace simt::wrong {

enum class Mistake {
  kNone,
  kBarrierUnseen,     // barriers are used with no barrier of the CTA behind their making
  kNotPublished,      // ... without the fence that bulk copies need
  kNoWait,            // the tile is used without waiting for its copy
  kWrongBytes,        // more bytes are expected than come
  kNoEmptyWait,       // the next tile is copied over the one in use
  kMisaligned,        // ... to where the swizzle begins elsewhere
  kNotWaitedAtEnd,    // the CTA ends with a copy under way
  kNoAsyncFence,      // what threads wrote is multiplied without a fence
  kNoWgmmaFence,      // sums are written, then multiplied into, without a fence
  kSumsChanged,       // ... and written while products run
  kOperandChanged,    // registers of a are written while products run
  kReleasedEarly,     // the tile is given back before the products that read it are waited for
  kNoSyncWarp,        // ... by one lane for others that may still read it
  kWarpLeftOut,       // one warp of the four leaves out a product
  kNeverWaitedFor,    // sums are stored without a wait: NaN, and products at the CTA's end
};

// Matrices of F16: `a` [64][16], `b` [128][64] of which the last 8 columns are past the tensor's end.
// out [64][64] = a * (b's first 64 rows and columns 0 to 15)^T + ones * (b's last 64 rows).
void products(const uint16_t *a, const uint16_t *b, float *out, Mistake mistake);

}  // namespace simt::wrong

#endif  // EBB_SIMT_WRONG_SM90_H

// The sampling descriptor: one off-heap segment that says how tokens are chosen from the logits of the last step.
//
// The Java side is dev.ebb.engine.backend.SamplingLayout, which places the arrays behind the header in the order below,
// each aligned to 64 bytes. All values are little endian. What is computed is what dev.ebb.engine.sampling.Sampler
// computes, to the bit: a backend that chooses is free in how, not in what.
#ifndef EBB_SAMPLING_H
#define EBB_SAMPLING_H

#include <stdint.h>

#define EBB_SAMPLING_MAGIC 0x53424245u  // "EBBS"
#define EBB_SAMPLING_VERSION 1u

// What happens to one logit of a draw, in this order; a token is named once a draw.
#define EBB_ADJUST_FORBID 1u  // minus infinity
#define EBB_ADJUST_SEEN 2u    // the draw's penalties count

typedef struct ebb_adjustment {
  int32_t token;
  float addend;       // added first
  int32_t generated;  // how often the answer has it
  uint32_t flags;
} ebb_adjustment;

typedef struct ebb_draw {
  int32_t row;  // of the logits of the last step; several draws may take one row
  int32_t first_adjustment;
  int32_t adjustments;
  int32_t top_k;      // 0: all
  float temperature;  // 0: the greatest logit, on ties the lowest token
  float top_p;
  float min_p;
  float repetition_penalty;
  float frequency_penalty;
  float presence_penalty;
  double uniform;  // in [0, 1)
} ebb_draw;

typedef struct ebb_sampling {
  uint32_t magic;
  uint32_t version;
  uint64_t bytes;  // Size of the whole segment.
  uint32_t draws;
  uint32_t adjustments;
  uint32_t choosable;  // tokens that may be chosen, the first of a row
  uint32_t reserved;
  uint64_t draw_list;        // byte offset of ebb_draw[draws]
  uint64_t adjustment_list;  // ebb_adjustment[adjustments]
  uint64_t tokens;           // int32[draws], written; -1 where the greatest logit is no finite number
} ebb_sampling;

#if defined(__cplusplus)
static_assert(sizeof(ebb_adjustment) == 16, "SamplingLayout.ADJUSTMENT_BYTES");
static_assert(sizeof(ebb_draw) == 48, "SamplingLayout.DRAW_BYTES");
static_assert(sizeof(ebb_sampling) == 56, "SamplingLayout.HEADER_BYTES");
#endif

#endif  // EBB_SAMPLING_H

// The batch descriptor: one off-heap segment that Java fills for each engine
// step and the backend only reads (but for the logits, which it writes).
//
// The Java side is dev.ebb.engine.backend.BatchLayout. Both sides place the
// arrays in the order below, each aligned to 64 bytes; a golden-bytes test
// holds the two together. All values are little endian.
//
// A backend refuses a descriptor unless every index is in range, positions rise
// by one within a sequence, and a token's slot is the one that its sequence's
// block table names for its position (core/batch.cpp).
#ifndef EBB_BATCH_H
#define EBB_BATCH_H

#include <stdint.h>

#define EBB_BATCH_MAGIC 0x42424245u  // "EBBB"
#define EBB_BATCH_VERSION 2u
#define EBB_BATCH_ALIGNMENT 64u

// The logits stay with the backend until its next step, for ebb_backend.choose, and are not written here.
#define EBB_BATCH_KEEP_LOGITS 1u

typedef struct ebb_batch {
  uint32_t magic;
  uint32_t version;
  uint64_t bytes;      // Size of the whole segment.
  uint32_t tokens;     // N: tokens to compute in this step, over all sequences.
  uint32_t sequences;  // S
  uint32_t blocks;     // B: entries of all block tables together.
  uint32_t outputs;    // R: tokens whose logits are wanted.
  uint32_t vocabulary; // V: row length of the logits.
  uint32_t flags;      // EBB_BATCH_KEEP_LOGITS, or 0
  uint64_t token_ids;        // byte offset of int32[N]
  uint64_t positions;        // int32[N]   position of each token in its sequence
  uint64_t slot_mapping;     // int32[N]   block * block_tokens + offset: where the token's KV is written
  uint64_t sequence_indptr;  // int32[S+1] tokens of sequence s: [indptr[s], indptr[s+1])
  uint64_t block_indptr;     // int32[S+1] block-table entries of sequence s
  uint64_t block_table;      // int32[B]   physical block of each logical block, concatenated
  uint64_t block_editions;   // uint64[B]  what each of them was given out as, see below
  uint64_t output_rows;      // int32[R]   indices into the N tokens, ascending
  uint64_t logits;           // float[R*V] written by forward
} ebb_batch;

// A block's edition counts how often it was given to a writer, in whatever process. Under one edition a row of a block
// is written by one holder after the other and never changes its token, so a backend with memory of its own may go on
// with the rows that it brought or wrote under the same edition. 0: nobody counts, nothing may be kept.

#if defined(__cplusplus)
static_assert(sizeof(ebb_batch) == 112, "BatchLayout.HEADER_BYTES on the Java side is 112");
#endif

// The greatest batch that a backend will be given. A greater one is computed too where there is memory for it.
typedef struct ebb_limits {
  int32_t tokens;     // at least `sequences`, so that each can advance
  int32_t sequences;  // also draws from the logits of one step
  int32_t outputs;
} ebb_limits;

#endif  // EBB_BATCH_H

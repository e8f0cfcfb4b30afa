// The validated, typed view of an ebb_batch descriptor.
#ifndef EBB_CORE_BATCH_H
#define EBB_CORE_BATCH_H

#include <cstdint>

#include "core/model.h"
#include "include/batch.h"

namespace ebb {

// Every index is in range: a backend may use them unchecked.
struct Batch {
  int32_t tokens = 0;
  int32_t sequences = 0;
  int32_t outputs = 0;
  int32_t vocabulary = 0;
  int32_t position_max = -1;  // greatest position of the batch; -1 when it has no token
  const int32_t *token_ids = nullptr;
  const int32_t *positions = nullptr;
  const int32_t *slot_mapping = nullptr;
  const int32_t *sequence_indptr = nullptr;
  const int32_t *block_indptr = nullptr;
  const int32_t *block_table = nullptr;
  const uint64_t *block_editions = nullptr;
  const int32_t *output_rows = nullptr;
  float *logits = nullptr;
  bool keep_logits = false;

  // Block table of sequence s.
  const int32_t *blocks_of(int32_t s) const { return block_table + block_indptr[s]; }
  const uint64_t *editions_of(int32_t s) const { return block_editions + block_indptr[s]; }
};

// Checks the whole descriptor against the model and the number of attached
// blocks; `chooses` says that the backend may keep the logits. Throws
// Error(EBB_INVALID_ARGUMENT) with a sentence.
Batch view_batch(const ebb_batch *descriptor, const Model &model, int32_t kv_blocks, bool chooses = false);

}  // namespace ebb

#endif  // EBB_CORE_BATCH_H

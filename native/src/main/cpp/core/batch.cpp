#include "core/batch.h"

#include <algorithm>
#include <string>

#include "core/error.h"

namespace ebb {
namespace {

std::string number(int64_t value) { return std::to_string(value); }

// Places the arrays of a descriptor, each checked to lie inside it.
class Arrays {
 public:
  explicit Arrays(const ebb_batch *descriptor) : descriptor_(descriptor) {}

  template <typename T>
  T *at(const char *name, uint64_t offset, uint64_t count) const {
    const uint64_t total = descriptor_->bytes;
    if (offset % EBB_BATCH_ALIGNMENT != 0) {
      fail_argument(std::string("batch: ") + name + " is not aligned to 64 bytes");
    }
    if (offset < sizeof(ebb_batch) || offset > total || count > (total - offset) / sizeof(T)) {
      fail_argument(std::string("batch: ") + name + " lies outside the descriptor of " +
                    number(static_cast<int64_t>(total)) + " bytes");
    }
    auto *base = reinterpret_cast<uint8_t *>(const_cast<ebb_batch *>(descriptor_));
    return reinterpret_cast<T *>(base + offset);
  }

 private:
  const ebb_batch *descriptor_;
};

void check_header(const ebb_batch *descriptor, const Model &model) {
  if (descriptor == nullptr) fail_argument("batch: no descriptor");
  if (reinterpret_cast<uintptr_t>(descriptor) % EBB_BATCH_ALIGNMENT != 0) {
    fail_argument("batch: the descriptor is not aligned to 64 bytes");
  }
  if (descriptor->magic != EBB_BATCH_MAGIC) fail_argument("batch: wrong magic");
  if (descriptor->version != EBB_BATCH_VERSION) {
    fail_argument("batch: version " + number(descriptor->version) + ", this library reads " +
                  number(EBB_BATCH_VERSION));
  }
  if (descriptor->vocabulary != static_cast<uint32_t>(model.vocabulary)) {
    fail_argument("batch: vocabulary " + number(descriptor->vocabulary) + ", the model has " +
                  number(model.vocabulary));
  }
  constexpr uint32_t kMost = 1u << 30;
  if (descriptor->tokens > kMost || descriptor->sequences > kMost || descriptor->blocks > kMost ||
      descriptor->outputs > descriptor->tokens) {
    fail_argument("batch: a count is out of range");
  }
}

// An indptr starts at 0, never falls, and ends at `total`.
void check_indptr(const char *name, const int32_t *indptr, int32_t sequences, uint32_t total) {
  if (indptr[0] != 0) fail_argument(std::string("batch: ") + name + " does not start at 0");
  for (int32_t s = 0; s < sequences; ++s) {
    if (indptr[s + 1] < indptr[s]) {
      fail_argument(std::string("batch: ") + name + " falls at sequence " + number(s));
    }
  }
  if (indptr[sequences] != static_cast<int32_t>(total)) {
    fail_argument(std::string("batch: ") + name + " ends at " + number(indptr[sequences]) +
                  " instead of " + number(total));
  }
}

void check_range(const char *name, const int32_t *values, int64_t count, int64_t limit) {
  for (int64_t i = 0; i < count; ++i) {
    if (values[i] < 0 || values[i] >= limit) {
      fail_argument(std::string("batch: ") + name + "[" + number(i) + "] is " + number(values[i]) +
                    ", outside 0.." + number(limit - 1));
    }
  }
}

// Positions rise by one within a sequence, each has a block, and its slot is the
// one that the block table names: otherwise a token would not see itself.
void check_sequence(const Batch &batch, const Model &model, int32_t s) {
  const int32_t block_tokens = model.kv.block_tokens;
  const int32_t first = batch.sequence_indptr[s];
  const int32_t entries = batch.block_indptr[s + 1] - batch.block_indptr[s];
  for (int32_t i = first; i < batch.sequence_indptr[s + 1]; ++i) {
    const int32_t position = batch.positions[i];
    if (i > first && position != batch.positions[i - 1] + 1) {
      fail_argument("batch: positions of sequence " + number(s) + " do not rise by one at token " +
                    number(i));
    }
    if (position / block_tokens >= entries) {
      fail_argument("batch: position " + number(position) + " of sequence " + number(s) +
                    " has no block: its table has " + number(entries) + " entries");
    }
    const int64_t block = batch.blocks_of(s)[position / block_tokens];
    if (batch.slot_mapping[i] != block * block_tokens + position % block_tokens) {
      fail_argument("batch: slot_mapping[" + number(i) + "] is " + number(batch.slot_mapping[i]) +
                    ", but the block table puts position " + number(position) + " into slot " +
                    number(block * block_tokens + position % block_tokens));
    }
  }
}

void check_outputs(const Batch &batch) {
  check_range("output_rows", batch.output_rows, batch.outputs, batch.tokens);
  for (int32_t r = 1; r < batch.outputs; ++r) {
    if (batch.output_rows[r] <= batch.output_rows[r - 1]) {
      fail_argument("batch: output_rows do not rise at row " + number(r));
    }
  }
}

}  // namespace

Batch view_batch(const ebb_batch *descriptor, const Model &model, int32_t kv_blocks, bool chooses) {
  check_header(descriptor, model);
  if ((descriptor->flags & ~(chooses ? EBB_BATCH_KEEP_LOGITS : 0u)) != 0) {
    fail_argument("batch: flags " + number(descriptor->flags) + " ask for what this backend does not do");
  }
  const Arrays arrays(descriptor);
  const uint64_t tokens = descriptor->tokens;
  const uint64_t bounds = uint64_t{descriptor->sequences} + 1;
  Batch batch;
  batch.tokens = static_cast<int32_t>(descriptor->tokens);
  batch.sequences = static_cast<int32_t>(descriptor->sequences);
  batch.outputs = static_cast<int32_t>(descriptor->outputs);
  batch.vocabulary = model.vocabulary;
  batch.keep_logits = (descriptor->flags & EBB_BATCH_KEEP_LOGITS) != 0;
  batch.token_ids = arrays.at<int32_t>("token_ids", descriptor->token_ids, tokens);
  batch.positions = arrays.at<int32_t>("positions", descriptor->positions, tokens);
  batch.slot_mapping = arrays.at<int32_t>("slot_mapping", descriptor->slot_mapping, tokens);
  batch.sequence_indptr = arrays.at<int32_t>("sequence_indptr", descriptor->sequence_indptr, bounds);
  batch.block_indptr = arrays.at<int32_t>("block_indptr", descriptor->block_indptr, bounds);
  batch.block_table = arrays.at<int32_t>("block_table", descriptor->block_table, descriptor->blocks);
  batch.block_editions = arrays.at<uint64_t>("block_editions", descriptor->block_editions, descriptor->blocks);
  batch.output_rows = arrays.at<int32_t>("output_rows", descriptor->output_rows, descriptor->outputs);
  batch.logits = arrays.at<float>("logits", descriptor->logits,
                                  uint64_t{descriptor->outputs} * descriptor->vocabulary);

  check_indptr("sequence_indptr", batch.sequence_indptr, batch.sequences, descriptor->tokens);
  check_indptr("block_indptr", batch.block_indptr, batch.sequences, descriptor->blocks);
  check_range("token_ids", batch.token_ids, batch.tokens, model.vocabulary);
  check_range("positions", batch.positions, batch.tokens, model.context);
  check_range("block_table", batch.block_table, descriptor->blocks, kv_blocks);
  for (int32_t s = 0; s < batch.sequences; ++s) check_sequence(batch, model, s);
  check_outputs(batch);
  for (int32_t i = 0; i < batch.tokens; ++i) {
    batch.position_max = std::max(batch.position_max, batch.positions[i]);
  }
  return batch;
}

}  // namespace ebb

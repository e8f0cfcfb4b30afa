#include "session.h"

#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace ebb::bench {
namespace {

uint64_t aligned(uint64_t offset) {
  return (offset + EBB_BATCH_ALIGNMENT - 1) / EBB_BATCH_ALIGNMENT * EBB_BATCH_ALIGNMENT;
}

void *allocate(size_t bytes) {
  void *memory = std::aligned_alloc(64, aligned(bytes));
  if (memory == nullptr) throw std::bad_alloc();
  std::memset(memory, 0, aligned(bytes));
  return memory;
}

}  // namespace

Session::Session(const ebb_backend *backend, const ebb_model *model, int threads,
                 int32_t sequences, int32_t length)
    : backend_(backend), model_(model), blocks_each_(length / model->block_tokens + 1) {
  char error[512];
  if (backend->open(threads, &handle_, error, sizeof(error)) != EBB_OK) throw std::runtime_error(error);
  check(backend->load_model(handle_, model));
  const size_t element = model->kv_type == EBB_KV_F16 ? 2 : 4;
  const size_t block_bytes = static_cast<size_t>(model->layers) * 2 * static_cast<size_t>(model->kv_heads) *
                             static_cast<size_t>(model->block_tokens) * static_cast<size_t>(model->head_dim) * element;
  const int32_t blocks = sequences * blocks_each_;
  kv_ = allocate(block_bytes * static_cast<size_t>(blocks));
  check(backend->attach_kv(handle_, kv_, block_bytes * static_cast<size_t>(blocks), blocks));
}

Session::~Session() {
  backend_->close(handle_);
  std::free(kv_);
  std::free(batch_);
}

void Session::check(ebb_status status) const {
  if (status != EBB_OK) throw std::runtime_error(backend_->last_error(handle_));
}

const float *Session::forward(const std::vector<Part> &parts) {
  std::vector<int32_t> ids, positions, slots, sequence_indptr{0}, block_indptr{0}, table, outputs;
  for (const Part &part : parts) {
    const auto n = static_cast<int32_t>(part.tokens.size());
    for (int32_t i = 0; i < n; ++i) {
      const int32_t position = part.start + i;
      if (part.all_outputs || i + 1 == n) outputs.push_back(static_cast<int32_t>(ids.size()));
      ids.push_back(part.tokens[static_cast<size_t>(i)]);
      positions.push_back(position);
      slots.push_back(part.sequence * blocks_each_ * model_->block_tokens + position);
    }
    for (int32_t b = 0; b <= (part.start + n - 1) / model_->block_tokens; ++b) {
      table.push_back(part.sequence * blocks_each_ + b);
    }
    sequence_indptr.push_back(static_cast<int32_t>(ids.size()));
    block_indptr.push_back(static_cast<int32_t>(table.size()));
  }
  ebb_batch header = {};
  header.magic = EBB_BATCH_MAGIC;
  header.version = EBB_BATCH_VERSION;
  header.tokens = static_cast<uint32_t>(ids.size());
  header.sequences = static_cast<uint32_t>(parts.size());
  header.blocks = static_cast<uint32_t>(table.size());
  header.outputs = static_cast<uint32_t>(outputs.size());
  header.vocabulary = static_cast<uint32_t>(model_->vocabulary);
  uint64_t end = aligned(sizeof(header));
  const auto place = [&](uint64_t &offset, size_t count, size_t each = 4) {
    offset = end;
    end = aligned(end + count * each);
  };
  place(header.token_ids, ids.size());
  place(header.positions, ids.size());
  place(header.slot_mapping, ids.size());
  place(header.sequence_indptr, sequence_indptr.size());
  place(header.block_indptr, block_indptr.size());
  place(header.block_table, table.size());
  place(header.block_editions, table.size(), 8);
  place(header.output_rows, outputs.size());
  place(header.logits, outputs.size() * header.vocabulary);
  header.bytes = end;
  if (batch_bytes_ < end) {
    std::free(batch_);
    batch_ = allocate(end);
    batch_bytes_ = end;
  }
  auto *base = static_cast<uint8_t *>(batch_);
  std::memcpy(base, &header, sizeof(header));
  const auto put = [&](uint64_t offset, const std::vector<int32_t> &values) {
    if (!values.empty()) std::memcpy(base + offset, values.data(), values.size() * 4);
  };
  std::memset(base + header.block_editions, 0, table.size() * 8);
  put(header.token_ids, ids);
  put(header.positions, positions);
  put(header.slot_mapping, slots);
  put(header.sequence_indptr, sequence_indptr);
  put(header.block_indptr, block_indptr);
  put(header.block_table, table);
  put(header.output_rows, outputs);
  check(backend_->forward(handle_, static_cast<const ebb_batch *>(batch_)));
  return reinterpret_cast<const float *>(base + header.logits);
}

}  // namespace ebb::bench

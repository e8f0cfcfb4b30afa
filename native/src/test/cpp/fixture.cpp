#include "fixture.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <new>

#include "check.h"

namespace ebb::test {
namespace {

uint64_t align64(uint64_t offset) { return (offset + 63) / 64 * 64; }

// Stores floats as `type`, in the simplest way that keeps them near.
std::vector<uint8_t> encode_floats(const std::vector<float> &floats, ebb_type type) {
  std::vector<uint8_t> bytes(row_bytes(type, static_cast<int64_t>(floats.size())));
  if (type == EBB_TYPE_F32) {
    std::memcpy(bytes.data(), floats.data(), bytes.size());
  } else if (type == EBB_TYPE_F16) {
    for (size_t i = 0; i < floats.size(); ++i) {
      const uint16_t half = f32_to_f16(floats[i]);
      std::memcpy(bytes.data() + 2 * i, &half, 2);
    }
  } else {
    for (size_t block = 0; block < floats.size() / 32; ++block) {
      float greatest = 0;
      for (size_t i = 0; i < 32; ++i) {
        greatest = std::max(greatest, std::fabs(floats[block * 32 + i]));
      }
      const uint16_t scale = f32_to_f16(greatest / 127);
      std::memcpy(bytes.data() + block * 34, &scale, 2);
      for (size_t i = 0; i < 32; ++i) {
        const float q = std::round(floats[block * 32 + i] / std::max(f16_to_f32(scale), 1e-9f));
        bytes[block * 34 + 2 + i] = static_cast<uint8_t>(static_cast<int8_t>(std::clamp(q, -127.f, 127.f)));
      }
    }
  }
  return bytes;
}

}  // namespace

TinyModel::TinyModel(const TinyConfig &config) : config_(config) {
  add(EBB_ROLE_TOKEN_EMBEDDING, -1, config.vocabulary, config.hidden, 1.0f, 0);
  add(EBB_ROLE_OUTPUT_NORM, -1, 1, config.hidden, 0.2f, 1);
  if (!config.tied) add(EBB_ROLE_OUTPUT, -1, config.vocabulary, config.hidden, 0.3f, 0);
  for (int32_t layer = 0; layer < config.layers; ++layer) add_layer(layer);
  encode();
}

void TinyModel::add_layer(int32_t layer) {
  const int64_t q = int64_t{config_.heads} * config_.head_dim;
  const int64_t kv = int64_t{config_.kv_heads} * config_.head_dim;
  const int64_t hidden = config_.hidden;
  const auto scale = [](int64_t n) { return 1.5f / std::sqrt(static_cast<float>(n)); };
  add(EBB_ROLE_ATTENTION_NORM, layer, 1, hidden, 0.2f, 1);
  add(EBB_ROLE_Q, layer, q, hidden, scale(hidden), 0);
  add(EBB_ROLE_K, layer, kv, hidden, scale(hidden), 0);
  add(EBB_ROLE_V, layer, kv, hidden, scale(hidden), 0);
  if (config_.bias) {
    add(EBB_ROLE_Q_BIAS, layer, 1, q, 0.3f, 0);
    add(EBB_ROLE_K_BIAS, layer, 1, kv, 0.3f, 0);
    add(EBB_ROLE_V_BIAS, layer, 1, kv, 0.3f, 0);
    add(EBB_ROLE_ATTENTION_OUTPUT_BIAS, layer, 1, hidden, 0.3f, 0);
  }
  if (config_.qk_norm) {
    add(EBB_ROLE_Q_NORM, layer, 1, config_.head_dim, 0.2f, 1);
    add(EBB_ROLE_K_NORM, layer, 1, config_.head_dim, 0.2f, 1);
  }
  add(EBB_ROLE_ATTENTION_OUTPUT, layer, hidden, q, scale(q), 0);
  add(EBB_ROLE_FFN_NORM, layer, 1, hidden, 0.2f, 1);
  add(EBB_ROLE_FFN_GATE, layer, config_.ffn, hidden, scale(hidden), 0);
  add(EBB_ROLE_FFN_UP, layer, config_.ffn, hidden, scale(hidden), 0);
  add(EBB_ROLE_FFN_DOWN, layer, hidden, config_.ffn, scale(config_.ffn), 0);
}

void TinyModel::add(ebb_role role, int32_t layer, int64_t rows, int64_t cols, float scale,
                    float centre) {
  auto floats = random_floats(static_cast<size_t>(rows * cols),
                              config_.seed * 1000003u + static_cast<uint32_t>(table_.size()), scale);
  for (float &value : floats) value += centre;
  const ebb_type type = rows == 1 ? EBB_TYPE_F32 : config_.matrix_type;
  data_.push_back(encode_floats(floats, type));
  table_.push_back({role, layer, type, 0, rows, cols,
                    reinterpret_cast<uint64_t>(data_.back().data())});
}

void TinyModel::encode() {
  const auto pairs = static_cast<size_t>(config_.rope_dims) / 2;
  const uint64_t tensors = align64(sizeof(ebb_model));
  const uint64_t frequencies = align64(tensors + table_.size() * sizeof(ebb_tensor));
  const uint64_t total = align64(frequencies + pairs * sizeof(float));
  bytes_.assign(total / 8, 0);
  auto *base = reinterpret_cast<uint8_t *>(bytes_.data());
  const ebb_model header{
      EBB_MODEL_MAGIC, EBB_MODEL_VERSION, total,
      config_.layers, config_.hidden, config_.heads, config_.kv_heads, config_.head_dim,
      config_.ffn, config_.vocabulary, config_.context, 1e-5f,
      config_.rope_dims, config_.pairing, config_.rope_magnitude, config_.sliding_window,
      config_.kv_type, 16, static_cast<int32_t>(table_.size()), tensors, frequencies};
  std::memcpy(base, &header, sizeof(header));
  std::memcpy(base + tensors, table_.data(), table_.size() * sizeof(ebb_tensor));
  for (size_t i = 0; i < pairs; ++i) {
    const auto frequency =
        static_cast<float>(std::pow(10000.0, -static_cast<double>(i) / static_cast<double>(pairs)));
    std::memcpy(base + frequencies + 4 * i, &frequency, 4);
  }
}

ebb_tensor *TinyModel::find(ebb_role role, int32_t layer) {
  for (int32_t i = 0; i < descriptor()->tensor_count; ++i) {
    if (tensors()[i].role == role && tensors()[i].layer == layer) return &tensors()[i];
  }
  return nullptr;
}

KvLayout TinyModel::kv_layout() const {
  return {config_.layers, config_.kv_heads, 16, config_.head_dim, config_.kv_type};
}

AlignedBytes::AlignedBytes(size_t bytes)
    : size_(align64(bytes)),
      data_(static_cast<uint8_t *>(std::aligned_alloc(64, size_)), &std::free) {
  if (!data_) throw std::bad_alloc();
  std::memset(data_.get(), 0, size_);
}

TinyBatch::TinyBatch(const std::vector<Chunk> &chunks, int32_t vocabulary, int32_t block_tokens)
    : block_tokens_(block_tokens) {
  uint32_t tokens = 0, blocks = 0, outputs = 0;
  for (const Chunk &chunk : chunks) {
    tokens += static_cast<uint32_t>(chunk.tokens.size());
    blocks += static_cast<uint32_t>(chunk.blocks.size());
    outputs += chunk.all_outputs ? static_cast<uint32_t>(chunk.tokens.size()) : 1;
  }
  const auto sequences = static_cast<uint32_t>(chunks.size());
  ebb_batch h{};
  h.magic = EBB_BATCH_MAGIC;
  h.version = EBB_BATCH_VERSION;
  h.tokens = tokens;
  h.sequences = sequences;
  h.blocks = blocks;
  h.outputs = outputs;
  h.vocabulary = static_cast<uint32_t>(vocabulary);
  h.token_ids = align64(sizeof(ebb_batch));
  h.positions = align64(h.token_ids + 4 * tokens);
  h.slot_mapping = align64(h.positions + 4 * tokens);
  h.sequence_indptr = align64(h.slot_mapping + 4 * tokens);
  h.block_indptr = align64(h.sequence_indptr + 4 * (sequences + 1));
  h.block_table = align64(h.block_indptr + 4 * (sequences + 1));
  h.block_editions = align64(h.block_table + 4 * blocks);
  h.output_rows = align64(h.block_editions + 8 * blocks);
  h.logits = align64(h.output_rows + 4 * outputs);
  h.bytes = align64(h.logits + uint64_t{4} * outputs * h.vocabulary);
  bytes_ = std::make_unique<AlignedBytes>(h.bytes);
  std::memcpy(bytes_->data(), &h, sizeof(h));
  fill(chunks);
}

void TinyBatch::fill(const std::vector<Chunk> &chunks) {
  const ebb_batch h = *descriptor();
  int32_t token = 0, block = 0, row = 0;
  for (size_t s = 0; s < chunks.size(); ++s) {
    const Chunk &chunk = chunks[s];
    ints(h.sequence_indptr)[s] = token;
    ints(h.block_indptr)[s] = block;
    for (size_t i = 0; i < chunk.blocks.size(); ++i, ++block) {
      ints(h.block_table)[block] = chunk.blocks[i];
      editions(h.block_editions)[block] = chunk.editions.empty() ? 0 : chunk.editions.at(i);
    }
    for (size_t i = 0; i < chunk.tokens.size(); ++i, ++token) {
      const int32_t position = chunk.first_position + static_cast<int32_t>(i);
      const int32_t physical = chunk.blocks.at(static_cast<size_t>(position / block_tokens_));
      ints(h.token_ids)[token] = chunk.tokens[i];
      ints(h.positions)[token] = position;
      ints(h.slot_mapping)[token] = physical * block_tokens_ + position % block_tokens_;
      if (chunk.all_outputs || i + 1 == chunk.tokens.size()) ints(h.output_rows)[row++] = token;
    }
  }
  ints(h.sequence_indptr)[chunks.size()] = token;
  ints(h.block_indptr)[chunks.size()] = block;
}

std::vector<float> TinyBatch::logits(int32_t row) {
  const auto *first = reinterpret_cast<float *>(bytes_->data() + descriptor()->logits) +
                      static_cast<size_t>(row) * descriptor()->vocabulary;
  return {first, first + descriptor()->vocabulary};
}

Setting::Setting(const char *name, const std::string &value) : name_(name) {
  if (const char *before = std::getenv(name)) before_ = before;
  setenv(name, value.c_str(), 1);
}

Setting::~Setting() {
  if (before_) {
    setenv(name_, before_->c_str(), 1);
  } else {
    unsetenv(name_);
  }
}

TinySession::TinySession(const ebb_backend *backend, const ebb_model *model, const KvLayout &layout, int threads,
                         int32_t blocks)
    : backend_(backend), kv_(static_cast<size_t>(blocks) * layout.block_bytes()), blocks_(blocks) {
  char error[256];
  const ebb_status status = backend->open(threads, &handle_, error, sizeof(error));
  if (status != EBB_OK) throw Error(status, error);
  try {
    const auto begin = std::chrono::steady_clock::now();
    check(backend->load_model(handle_, model));
    load_seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    attach();
  } catch (...) {
    backend->close(handle_);  // no destructor runs for what was not made
    throw;
  }
}

TinySession::~TinySession() { backend_->close(handle_); }

void TinySession::attach() { attach(nullptr); }

void TinySession::attach(const ebb_limits *limits) {
  check(backend_->attach_kv(handle_, kv_.data(), kv_.size(), blocks_, limits));
}

void TinySession::forward(TinyBatch &batch) {
  check(backend_->forward(handle_, batch.descriptor()));
}

void TinySession::choose(const ebb_sampling *sampling) { check(backend_->choose(handle_, sampling)); }

void TinySession::check(ebb_status status) const {
  if (status != EBB_OK) throw Error(status, backend_->last_error(handle_));
}

}  // namespace ebb::test

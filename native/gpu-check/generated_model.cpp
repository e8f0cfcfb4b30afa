#include "generated_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "core/dequantize.h"
#include "core/task_pool.h"

namespace ebb::gpu_check {
namespace {

constexpr int64_t kTask = 1 << 20;  // elements that a thread makes at a time

// Signed bytes times a power of two are exact in BF16; their deviation is 74. So these have one of about `deviation`.
std::vector<uint16_t> values_of(double deviation) {
  const int exponent = static_cast<int>(std::lround(std::log2(deviation / 74)));
  std::vector<uint16_t> values(256);
  for (int i = 0; i < 256; ++i) {
    values[static_cast<size_t>(i)] = f32_to_bf16(std::ldexp(static_cast<float>(static_cast<int8_t>(i)), exponent));
  }
  return values;
}

void fill_matrix(uint16_t *to, int64_t count, uint64_t seed, uint64_t tensor, const std::vector<uint16_t> &values) {
  TaskPool pool(count < kTask ? 1 : std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 32));
  pool.run_ranges(count, kTask, [&](int64_t begin, int64_t end) {
    uint64_t bits = 0;
    for (int64_t i = begin; i < end; ++i) {
      if (i % 8 == 0) bits = random_bits(seed, tensor, static_cast<uint64_t>(i / 8));
      to[i] = values[bits >> (i % 8 * 8) & 0xFF];
    }
  });
}

// Around 1, as the weights of norms are.
void fill_vector(float *to, int64_t count, uint64_t seed, uint64_t tensor) {
  for (int64_t i = 0; i < count; ++i) {
    to[i] = 0.75f + static_cast<float>(random_bits(seed, tensor, static_cast<uint64_t>(i)) & 0xFF) / 512;
  }
}

uint64_t align64(uint64_t offset) { return (offset + 63) / 64 * 64; }

}  // namespace

uint64_t random_bits(uint64_t seed, uint64_t tensor, uint64_t i) {
  uint64_t x = (seed * 0x9E3779B97F4A7C15u + tensor) * 0xD1B54A32D192ED03u + i * 0x9E3779B97F4A7C15u;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

uint64_t ModelShape::matrix_bytes() const {
  const auto q = static_cast<uint64_t>(heads) * static_cast<uint64_t>(head_dim);
  const auto kv = static_cast<uint64_t>(kv_heads) * static_cast<uint64_t>(head_dim);
  const auto wide = static_cast<uint64_t>(hidden);
  const uint64_t layer = wide * (2 * q + 2 * kv) + 3 * wide * static_cast<uint64_t>(ffn);
  const uint64_t embedding = static_cast<uint64_t>(vocabulary) * wide;
  return 2 * (static_cast<uint64_t>(layers) * layer + (tied ? 1 : 2) * embedding);
}

uint64_t ModelShape::step_bytes() const {
  return matrix_bytes() - (tied ? 0 : 2 * static_cast<uint64_t>(vocabulary) * static_cast<uint64_t>(hidden));
}

const std::vector<ModelShape> &true_shapes() {
  static const std::vector<ModelShape> all = {
      {"SmolLM2-135M", 30, 576, 9, 3, 64, 1536, 49152, 8192, 1e-5f, 1e5, EBB_ROPE_INTERLEAVED, false, true},
      {"Qwen3-0.6B", 28, 1024, 16, 8, 128, 3072, 151936, 40960, 1e-6f, 1e6, EBB_ROPE_HALVES, true, true},
      {"Llama-3.1-8B", 32, 4096, 32, 8, 128, 14336, 128256, 131072, 1e-5f, 5e5, EBB_ROPE_INTERLEAVED, false, false},
  };
  return all;
}

const ModelShape &true_shape(const std::string &name) {
  std::string names;
  for (const ModelShape &shape : true_shapes()) {
    if (shape.name == name) return shape;
    names += (names.empty() ? "" : ", ") + shape.name;
  }
  throw std::runtime_error("no model " + name + "; there are " + names);
}

ModelShape cut(ModelShape shape, int32_t layers, int32_t vocabulary) {
  shape.layers = std::min(shape.layers, layers);
  shape.vocabulary = std::min(shape.vocabulary, vocabulary);
  return shape;
}

GeneratedModel::GeneratedModel(const ModelShape &shape, uint64_t seed, int32_t distinct_layers)
    : shape_(shape), seed_(seed), distinct_layers_(distinct_layers) {
  add(EBB_ROLE_TOKEN_EMBEDDING, -1, shape.vocabulary, shape.hidden);
  add(EBB_ROLE_OUTPUT_NORM, -1, 1, shape.hidden);
  if (!shape.tied) add(EBB_ROLE_OUTPUT, -1, shape.vocabulary, shape.hidden);
  for (int32_t layer = 0; layer < shape.layers; ++layer) add_layer(layer);
  encode();
}

void GeneratedModel::add_layer(int32_t layer) {
  if (layer >= distinct_layers_) {
    const int32_t same = layer % distinct_layers_;
    const size_t count = table_.size();
    for (size_t i = 0; i < count; ++i) {
      if (table_[i].layer != same) continue;
      ebb_tensor tensor = table_[i];
      tensor.layer = layer;
      table_.push_back(tensor);
    }
    return;
  }
  const int64_t q = int64_t{shape_.heads} * shape_.head_dim;
  const int64_t kv = int64_t{shape_.kv_heads} * shape_.head_dim;
  add(EBB_ROLE_ATTENTION_NORM, layer, 1, shape_.hidden);
  add(EBB_ROLE_Q, layer, q, shape_.hidden);
  add(EBB_ROLE_K, layer, kv, shape_.hidden);
  add(EBB_ROLE_V, layer, kv, shape_.hidden);
  if (shape_.qk_norm) {
    add(EBB_ROLE_Q_NORM, layer, 1, shape_.head_dim);
    add(EBB_ROLE_K_NORM, layer, 1, shape_.head_dim);
  }
  add(EBB_ROLE_ATTENTION_OUTPUT, layer, shape_.hidden, q);
  add(EBB_ROLE_FFN_NORM, layer, 1, shape_.hidden);
  add(EBB_ROLE_FFN_GATE, layer, shape_.ffn, shape_.hidden);
  add(EBB_ROLE_FFN_UP, layer, shape_.ffn, shape_.hidden);
  add(EBB_ROLE_FFN_DOWN, layer, shape_.hidden, shape_.ffn);
}

// A matrix keeps what goes through it about as large as it was; embeddings are of size 1.
void GeneratedModel::add(ebb_role role, int32_t layer, int64_t rows, int64_t columns) {
  const bool vector = rows == 1;
  const auto bytes = static_cast<size_t>(rows * columns) * (vector ? 4 : 2);
  data_.emplace_back(new uint8_t[bytes]);
  held_bytes_ += bytes;
  uint8_t *to = data_.back().get();
  const uint64_t tensor = data_.size();
  if (vector) {
    fill_vector(reinterpret_cast<float *>(to), columns, seed_, tensor);
  } else {
    const double deviation = role == EBB_ROLE_TOKEN_EMBEDDING ? 1 : 1 / std::sqrt(static_cast<double>(columns));
    fill_matrix(reinterpret_cast<uint16_t *>(to), rows * columns, seed_, tensor, values_of(deviation));
  }
  table_.push_back({role, layer, vector ? EBB_TYPE_F32 : EBB_TYPE_BF16, 0, rows, columns,
                    reinterpret_cast<uint64_t>(to)});
}

void GeneratedModel::encode() {
  const int32_t pairs = shape_.head_dim / 2;
  const uint64_t tensors = align64(sizeof(ebb_model));
  const uint64_t frequencies = align64(tensors + table_.size() * sizeof(ebb_tensor));
  const uint64_t total = align64(frequencies + static_cast<uint64_t>(pairs) * sizeof(float));
  bytes_.assign(total / 8, 0);
  auto *base = reinterpret_cast<uint8_t *>(bytes_.data());
  const ebb_model header{EBB_MODEL_MAGIC, EBB_MODEL_VERSION, total, shape_.layers, shape_.hidden, shape_.heads,
                         shape_.kv_heads, shape_.head_dim, shape_.ffn, shape_.vocabulary, shape_.context,
                         shape_.epsilon, shape_.head_dim, shape_.pairing, 1, 0, EBB_KV_F16, 16,
                         static_cast<int32_t>(table_.size()), tensors, frequencies};
  std::memcpy(base, &header, sizeof(header));
  std::memcpy(base + tensors, table_.data(), table_.size() * sizeof(ebb_tensor));
  for (int32_t i = 0; i < pairs; ++i) {
    const auto frequency = static_cast<float>(std::pow(shape_.rope_base, -static_cast<double>(i) / pairs));
    std::memcpy(base + frequencies + 4 * static_cast<size_t>(i), &frequency, 4);
  }
}

}  // namespace ebb::gpu_check

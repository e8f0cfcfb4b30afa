// Models in the shapes of real ones, their weights made from a seed on the spot.
#ifndef EBB_GPU_CHECK_GENERATED_MODEL_H
#define EBB_GPU_CHECK_GENERATED_MODEL_H

#include <memory>
#include <string>
#include <vector>

#include "core/kv_layout.h"
#include "include/model.h"

namespace ebb::gpu_check {

struct ModelShape {
  std::string name;
  int32_t layers;
  int32_t hidden;
  int32_t heads;
  int32_t kv_heads;
  int32_t head_dim;
  int32_t ffn;
  int32_t vocabulary;
  int32_t context;
  float epsilon;
  double rope_base;
  ebb_rope_pairing pairing;
  bool qk_norm;
  bool tied;

  KvLayout kv_layout() const { return {layers, kv_heads, 16, head_dim, EBB_KV_F16}; }
  // Stored bytes of all BF16 matrices.
  uint64_t matrix_bytes() const;
  // Those that a step of one token reads: all, but one row of an embedding that is not the output too.
  uint64_t step_bytes() const;
};

// SmolLM2-135M, Qwen3-0.6B and Llama-3.1-8B.
const std::vector<ModelShape> &true_shapes();
// Throws std::runtime_error with the names there are.
const ModelShape &true_shape(const std::string &name);
// A part of it that the reference computes in seconds: so many layers, and tokens.
ModelShape cut(ModelShape shape, int32_t layers, int32_t vocabulary);

// Its tensors: BF16 matrices, F32 vectors. All but the first `distinct_layers` layers have the numbers of an earlier
// one, so that a large model fits in the host's memory; a backend sees as many as there are.
class GeneratedModel {
 public:
  GeneratedModel(const ModelShape &shape, uint64_t seed, int32_t distinct_layers);

  const ebb_model *descriptor() const { return reinterpret_cast<const ebb_model *>(bytes_.data()); }
  uint64_t held_bytes() const { return held_bytes_; }

 private:
  void add_layer(int32_t layer);
  void add(ebb_role role, int32_t layer, int64_t rows, int64_t columns);
  void encode();

  ModelShape shape_;
  uint64_t seed_;
  int32_t distinct_layers_;
  uint64_t held_bytes_ = 0;
  std::vector<std::unique_ptr<uint8_t[]>> data_;
  std::vector<ebb_tensor> table_;
  std::vector<uint64_t> bytes_;  // of the descriptor; uint64_t for its alignment
};

// Eight random bytes of tensor `tensor`, the i-th: the same on every machine, in any order.
uint64_t random_bits(uint64_t seed, uint64_t tensor, uint64_t i);

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_GENERATED_MODEL_H

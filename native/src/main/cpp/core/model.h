// The validated, typed view of an ebb_model descriptor that every backend uses.
#ifndef EBB_CORE_MODEL_H
#define EBB_CORE_MODEL_H

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/dequantize.h"
#include "core/kv_layout.h"
#include "include/model.h"

namespace ebb {

// A tensor in the mapped file, or nothing when an optional one is absent.
struct Tensor {
  const uint8_t *data = nullptr;  // no alignment promised
  ebb_type type = EBB_TYPE_F32;
  int64_t rows = 0;
  int64_t cols = 0;

  explicit operator bool() const { return data != nullptr; }

  const uint8_t *row(int64_t index) const {
    return data + static_cast<size_t>(index) * row_bytes(type, cols);
  }
};

// Shapes are those of ebb_role. Biases, q_norm and k_norm may be absent.
struct Layer {
  Tensor attention_norm;
  Tensor q, k, v;
  Tensor q_bias, k_bias, v_bias;
  Tensor q_norm, k_norm;
  Tensor attention_output, attention_output_bias;
  Tensor ffn_norm, ffn_gate, ffn_up, ffn_down;
};

struct Model {
  int32_t hidden = 0;
  int32_t heads = 0;
  int32_t kv_heads = 0;
  int32_t head_dim = 0;
  int32_t ffn = 0;
  int32_t vocabulary = 0;
  int32_t context = 0;
  float rms_epsilon = 0;
  int32_t rope_dims = 0;
  ebb_rope_pairing rope_pairing = EBB_ROPE_INTERLEAVED;
  float rope_magnitude = 1;
  int32_t sliding_window = 0;  // 0: all
  KvLayout kv;

  std::vector<float> inverse_frequency;  // rope_dims / 2
  std::vector<Layer> layers;
  Tensor token_embedding;
  Tensor output_norm;
  Tensor output;      // the token embedding itself when tied
  bool tied = false;

  // First position that a query at `position` sees.
  int32_t first_visible(int32_t position) const {
    const bool all = sliding_window == 0 || position < sliding_window;
    return all ? 0 : position - sliding_window + 1;
  }
};

// Checks a descriptor against itself and copies everything but tensor data.
// Throws Error(EBB_INVALID_ARGUMENT) with a sentence naming the field.
Model view_model(const ebb_model *descriptor);

// All elements of a tensor as floats, rows * cols of them.
std::vector<float> to_floats(const Tensor &tensor);

}  // namespace ebb

#endif  // EBB_CORE_MODEL_H

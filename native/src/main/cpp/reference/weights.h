// The weights of the reference backend: everything as float.
#ifndef EBB_REFERENCE_WEIGHTS_H
#define EBB_REFERENCE_WEIGHTS_H

#include <vector>

#include "core/model.h"
#include "core/task_pool.h"

namespace ebb::reference {

using Floats = std::vector<float>;

// Absent optional tensors are empty.
struct LayerWeights {
  Floats attention_norm;
  Floats q, k, v;
  Floats q_bias, k_bias, v_bias;
  Floats q_norm, k_norm;
  Floats attention_output, attention_output_bias;
  Floats ffn_norm, ffn_gate, ffn_up, ffn_down;
};

struct Weights {
  Floats token_embedding;
  Floats output_norm;
  Floats output;  // empty when tied to the embedding
  std::vector<LayerWeights> layers;

  const float *output_matrix() const {
    return output.empty() ? token_embedding.data() : output.data();
  }
};

Weights load_weights(const Model &model, TaskPool &pool);

}  // namespace ebb::reference

#endif  // EBB_REFERENCE_WEIGHTS_H

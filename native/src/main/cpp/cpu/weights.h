// All weights of a model in the form the kernels read.
#ifndef EBB_CPU_WEIGHTS_H
#define EBB_CPU_WEIGHTS_H

#include <vector>

#include "core/model.h"
#include "core/task_pool.h"
#include "cpu/pack.h"
#include "cpu/weight_memory.h"

namespace ebb::cpu {

using Floats = std::vector<float>;

// Absent optional vectors are empty.
struct LayerWeights {
  Floats attention_norm, ffn_norm;
  Floats q_bias, k_bias, v_bias, attention_output_bias;
  Floats q_norm, k_norm;
  PackedMatrix q, k, v, attention_output;
  PackedMatrix ffn_gate, ffn_up, ffn_down;
};

struct Weights {
  Floats output_norm;
  PackedMatrix output;
  std::vector<LayerWeights> layers;
  WeightMemory memory;  // what the matrices point into
};

// Packs every matrix.
Weights load_weights(const Model &model, TaskPool &pool);

}  // namespace ebb::cpu

#endif  // EBB_CPU_WEIGHTS_H

// The weights of the cuda backend, packed and on the device.
#ifndef EBB_CUDA_WEIGHTS_H
#define EBB_CUDA_WEIGHTS_H

#include <vector>

#include "core/model.h"
#include "cuda/device.h"
#include "cuda/ops.h"
#include "cuda/weight_loader.h"

namespace ebb::cuda {

// One packed matrix in device memory.
class DeviceMatrix {
 public:
  DeviceMatrix(const Tensor &tensor, WeightLoader &loader);
  const Matrix &get() const { return matrix_; }

 private:
  DeviceArray<uint8_t> codes_{"weights"};
  DeviceArray<float> steps_{"steps of weights"};
  DeviceArray<float> minima_{"minima of weights"};
  Matrix matrix_;
};

// A vector of floats in device memory; NULL data when the tensor is absent.
class DeviceVector {
 public:
  DeviceVector(const Tensor &tensor, WeightLoader &loader);
  const float *data() const { return floats_.data(); }

 private:
  DeviceArray<float> floats_{"weights"};
};

struct LayerWeights {
  LayerWeights(const Layer &layer, WeightLoader &loader);

  DeviceVector attention_norm;
  DeviceMatrix q, k, v;
  DeviceVector q_bias, k_bias, v_bias, q_norm, k_norm;
  DeviceMatrix attention_output;
  DeviceVector attention_output_bias, ffn_norm;
  DeviceMatrix ffn_gate, ffn_up, ffn_down;
};

struct Weights {
  Weights(const Model &model, WeightLoader &loader);

  DeviceMatrix token_embedding;
  DeviceVector output_norm;
  std::vector<DeviceMatrix> own_output;  // empty when tied to the embedding
  std::vector<LayerWeights> layers;

  const Matrix &output() const { return own_output.empty() ? token_embedding.get() : own_output.front().get(); }
};

}  // namespace ebb::cuda

#endif  // EBB_CUDA_WEIGHTS_H

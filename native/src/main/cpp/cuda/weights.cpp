#include "cuda/weights.h"

namespace ebb::cuda {

DeviceMatrix::DeviceMatrix(const Tensor &tensor, WeightLoader &loader)
    : matrix_(loader.load(tensor, codes_, steps_, minima_)) {}

DeviceVector::DeviceVector(const Tensor &tensor, WeightLoader &loader) {
  if (!tensor) return;
  loader.load(tensor, floats_);
}

LayerWeights::LayerWeights(const Layer &l, WeightLoader &s)
    : attention_norm(l.attention_norm, s),
      q(l.q, s),
      k(l.k, s),
      v(l.v, s),
      q_bias(l.q_bias, s),
      k_bias(l.k_bias, s),
      v_bias(l.v_bias, s),
      q_norm(l.q_norm, s),
      k_norm(l.k_norm, s),
      attention_output(l.attention_output, s),
      attention_output_bias(l.attention_output_bias, s),
      ffn_norm(l.ffn_norm, s),
      ffn_gate(l.ffn_gate, s),
      ffn_up(l.ffn_up, s),
      ffn_down(l.ffn_down, s) {}

Weights::Weights(const Model &model, WeightLoader &loader)
    : token_embedding(model.token_embedding, loader), output_norm(model.output_norm, loader) {
  if (!model.tied) own_output.emplace_back(model.output, loader);
  layers.reserve(model.layers.size());
  for (const Layer &layer : model.layers) layers.emplace_back(layer, loader);
}

}  // namespace ebb::cuda

#include "cuda/weights.h"

#include "cuda/matrix_pack.h"

namespace ebb::cuda {

DeviceMatrix::DeviceMatrix(const Tensor &tensor, Stream stream) {
  const PackedMatrix packed = pack_matrix(tensor);
  matrix_ = packed.matrix;
  matrix_.codes = codes_.put(packed.codes.data(), packed.codes.size(), stream);
  matrix_.steps = steps_.put(packed.steps.data(), packed.steps.size(), stream);
  matrix_.minima = minima_.put(packed.minima.data(), packed.minima.size(), stream);
  synchronize(stream);  // the packed host copy ends here
}

DeviceVector::DeviceVector(const Tensor &tensor, Stream stream) {
  if (!tensor) return;
  const std::vector<float> floats = to_floats(tensor);
  floats_.put(floats.data(), floats.size(), stream);
  synchronize(stream);
}

LayerWeights::LayerWeights(const Layer &l, Stream s)
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

Weights::Weights(const Model &model, Stream stream)
    : token_embedding(model.token_embedding, stream), output_norm(model.output_norm, stream) {
  if (!model.tied) own_output.emplace_back(model.output, stream);
  layers.reserve(model.layers.size());
  for (const Layer &layer : model.layers) layers.emplace_back(layer, stream);
}

}  // namespace ebb::cuda
